/** Does something while this thread's clock says another time: what a store sees when the machine's clock is wrong. */
export async function atTime<T>(timeMs: number, work: () => Promise<T>): Promise<T> {
  const real = Date.now;
  Date.now = () => timeMs;
  try {
    return await work();
  } finally {
    Date.now = real;
  }
}
