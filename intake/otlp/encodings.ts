/** OTLP over HTTP has two encodings (OTLP 1.9.0, "OTLP/HTTP"). The answer has the encoding of the request. */
export const MEDIA_TYPES = {
  json: "application/json",
  protobuf: "application/x-protobuf",
} as const;

export type Encoding = keyof typeof MEDIA_TYPES;

/** Undefined for a type that is neither. Without one it is not said: the body tells. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === MEDIA_TYPES.json) return "json";
  // The second one is registered; some proxies write it.
  return type === MEDIA_TYPES.protobuf || type === "application/protobuf" ? "protobuf" : undefined;
}
