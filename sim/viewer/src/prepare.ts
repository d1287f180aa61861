// Does in idle time what would else be done when somebody asks for a state.

/** For how long one prepares at a time, in milliseconds: less than a frame. */
const SLICE = 5;

export function prepare(steps: Generator<void>): void {
  const until = performance.now() + SLICE;
  while (performance.now() < until) {
    if (steps.next().done) {
      document.documentElement.dataset.prepared = 'yes';
      return;
    }
  }
  const later = window.requestIdleCallback ?? ((does: () => void) => setTimeout(does, SLICE));
  later(() => prepare(steps));
}
