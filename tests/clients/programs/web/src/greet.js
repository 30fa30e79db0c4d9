export function greet(name) {
  const greeting = `Welcome, ${name}`;
  document.title = greeting;
  return greeting;
}
