//! Work on several threads, handed over in order: the results come as if one thread had done it all.
//!
//! No more than [`AHEAD`] pieces of work are begun before the first that is not done, so that memory does not grow with
//! the number of pieces. Nothing is shared between the pieces.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, mpsc};

/// How many pieces of work may be begun before the first that is not handed over.
const AHEAD: u64 = 1024;

/// Calls `work` with every number, on as many threads as there are `jobs`, and `take` with every result, in order of
/// the numbers, on this thread. Ends early when `take` breaks off, and gives back with what; or when `stop` is set: then
/// what was begun is still done and taken, a contiguous part of the numbers.
pub(super) fn ordered<T: Send, B>(
    jobs: NonZeroUsize,
    numbers: Range<u64>,
    stop: &AtomicBool,
    work: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(T) -> ControlFlow<B>,
) -> Option<B> {
    let gate = Gate::new(numbers.clone());
    let (sender, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.get() {
            let (gate, work, sender) = (&gate, &work, sender.clone());
            scope.spawn(move || {
                let _close = CloseOnPanic(gate);
                while let Some(number) = gate.enter(stop) {
                    if sender.send((number, work(number))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let _close = CloseOnPanic(&gate);
        let mut next = numbers.start;
        let mut early = BTreeMap::new();
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&next) {
                if let ControlFlow::Break(with) = take(result) {
                    gate.close();
                    return Some(with);
                }
                next += 1;
            }
            gate.advance(next);
        }
        None
    })
}

/// Lets threads begin pieces of work in order, and not too far ahead.
#[derive(Debug)]
struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug)]
struct State {
    /// The numbers that nobody has begun.
    left: Range<u64>,
    /// The first number that was not handed over.
    handed: u64,
    closed: bool,
}

impl Gate {
    fn new(left: Range<u64>) -> Gate {
        let handed = left.start;
        Gate { state: Mutex::new(State { left, handed, closed: false }), moved: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the gate")
    }

    /// The next number to work on, as soon as it may be begun; `None` where there is nothing left to do.
    fn enter(&self, stop: &AtomicBool) -> Option<u64> {
        let mut state = self.state();
        loop {
            if state.closed || stop.load(Ordering::Relaxed) {
                return None;
            }
            if state.left.start < state.handed.saturating_add(AHEAD) {
                return state.left.next();
            }
            state = self.moved.wait(state).expect("nothing panics while it holds the gate");
        }
    }

    /// Everything before `handed` was handed over.
    fn advance(&self, handed: u64) {
        let mut state = self.state();
        if handed > state.handed {
            state.handed = handed;
            self.moved.notify_all();
        }
    }

    fn close(&self) {
        self.state().closed = true;
        self.moved.notify_all();
    }
}

/// Lets nobody wait at the gate for a thread that has panicked.
struct CloseOnPanic<'a>(&'a Gate);

impl Drop for CloseOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    /// Work that takes the longer the smaller its number is within a stretch.
    fn uneven(number: u64) -> u64 {
        let turns = (97 - number % 97) * 200;
        std::hint::black_box(
            (0..turns).fold(0, |sum: u64, turn| sum.wrapping_add(std::hint::black_box(turn))),
        );
        number
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for n in [1, 2, 8] {
            let mut taken = Vec::new();
            let never = AtomicBool::new(false);
            let broken: Option<()> = ordered(jobs(n), 5..5000, &never, uneven, |number| {
                taken.push(number);
                ControlFlow::Continue(())
            });
            assert_eq!(broken, None);
            assert!(taken.iter().copied().eq(5..5000), "{n} threads");
        }
    }

    #[test]
    fn breaking_off_ends_the_work() {
        let never = AtomicBool::new(false);
        let take =
            |number| if number == 2000 { ControlFlow::Break(number) } else { ControlFlow::Continue(()) };
        assert_eq!(ordered(jobs(4), 0..u64::MAX, &never, uneven, take), Some(2000));
    }

    #[test]
    fn stopping_leaves_a_contiguous_part() {
        let stop = AtomicBool::new(false);
        let mut taken = Vec::new();
        let broken: Option<()> = ordered(jobs(4), 0..u64::MAX, &stop, uneven, |number| {
            taken.push(number);
            stop.store(number >= 3000, Ordering::Relaxed);
            ControlFlow::Continue(())
        });
        assert_eq!(broken, None);
        assert!(taken.iter().copied().eq(0..taken.len() as u64));
    }

    #[test]
    fn no_thread_runs_far_ahead() {
        let (never, begun) = (AtomicBool::new(false), std::sync::atomic::AtomicU64::new(0));
        let work = |number| {
            begun.fetch_add(1, Ordering::SeqCst);
            number
        };
        let broken: Option<()> = ordered(jobs(4), 0..20_000, &never, work, |number: u64| {
            assert!(begun.load(Ordering::SeqCst) <= number + AHEAD);
            ControlFlow::Continue(())
        });
        assert_eq!(broken, None);
    }

    #[test]
    #[should_panic = "a scoped thread panicked"]
    fn a_panic_is_passed_on() {
        let never = AtomicBool::new(false);
        let work = |number: u64| assert!(number != 3000, "piece {number}");
        ordered(jobs(4), 0..u64::MAX, &never, work, |()| ControlFlow::<()>::Continue(()));
    }
}
