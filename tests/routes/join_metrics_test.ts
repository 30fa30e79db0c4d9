import { assertEquals } from "@std/assert";
import { joinMetrics } from "../../routes/join_metrics.ts";
import { readMetrics } from "../helpers/read_metrics.ts";

const ONE = `# HELP a_total Some.
# TYPE a_total counter
a_total{route="/x, \\"y\\"{}",status="200"} 3
# HELP b A size.
# TYPE b gauge
b 7
`;
const OTHER = `# HELP b A size.
# TYPE b gauge
b 8
# HELP a_total Some.
# TYPE a_total counter
# HELP c_total What the first one has not.
# TYPE c_total counter
c_total 1
`;

Deno.test("the metrics of all workers stand family by family, each series with its worker", () => {
  const text = joinMetrics([
    { worker: 1, replaced: 0, value: ONE },
    { worker: 2, replaced: 3, value: OTHER },
    { worker: 3, replaced: 0 },
  ]);
  readMetrics(text);
  assertEquals(text.split("\n").filter((line) => !line.startsWith("# HELP")), [
    "# TYPE a_total counter",
    'a_total{worker="1",route="/x, \\"y\\"{}",status="200"} 3',
    "# TYPE b gauge",
    'b{worker="1"} 7',
    'b{worker="2"} 8',
    "# TYPE c_total counter",
    'c_total{worker="2"} 1',
    "# TYPE holdfast_process_up gauge",
    'holdfast_process_up{worker="1"} 1',
    'holdfast_process_up{worker="2"} 1',
    'holdfast_process_up{worker="3"} 0',
    "# TYPE holdfast_process_replaced_total counter",
    'holdfast_process_replaced_total{worker="1"} 0',
    'holdfast_process_replaced_total{worker="2"} 3',
    'holdfast_process_replaced_total{worker="3"} 0',
    "",
  ]);
});
