/** One line for each step, with its seconds. */
export type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

export function stepsOn(output: { write(text: string): unknown }): Step {
  return async (name, work) => {
    const startMs = performance.now();
    const seconds = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
    output.write(`${name} … `);
    try {
      const result = await work();
      output.write(`${seconds()}\n`);
      return result;
    } catch (error) {
      output.write(`failed after ${seconds()}\n`);
      throw error;
    }
  };
}
