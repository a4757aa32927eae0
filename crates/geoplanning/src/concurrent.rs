//! Running many calls, a few at a time.

use std::future::Future;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

/// Runs `calls`, at most `at_once` of them at a time (at least one), and returns their outputs in
/// the order of the calls.
///
/// They run inside the caller's own task, so nothing goes on after the caller has gone away, and
/// what is logged belongs to the caller's span.
pub(crate) async fn run<F: Future>(
    calls: impl Iterator<Item = F>,
    at_once: usize,
) -> Vec<F::Output> {
    let mut calls = calls.enumerate();
    let mut running = FuturesUnordered::new();
    let mut outputs = Vec::new();
    loop {
        let free = at_once.max(1) - running.len();
        running.extend(calls.by_ref().take(free).map(numbered));
        match running.next().await {
            Some(output) => outputs.push(output),
            None => break,
        }
    }
    outputs.sort_by_key(|(index, _)| *index);
    outputs.into_iter().map(|(_, output)| output).collect()
}

async fn numbered<F: Future>((index, call): (usize, F)) -> (usize, F::Output) {
    (index, call.await)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_calls_are_made_a_few_at_a_time_and_returned_in_order() {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let call = |number: u64| {
            let (running, most) = (&running, &most);
            async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                tokio::time::sleep(Duration::from_secs(100 - number)).await;
                running.set(running.get() - 1);
                number
            }
        };
        let outputs = run((0..50).map(call), 7).await;
        assert_eq!(outputs, (0..50).collect::<Vec<_>>());
        assert_eq!(most.get(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_call_does_not_hold_up_the_others() {
        let start = tokio::time::Instant::now();
        let call = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        run([9, 1, 1, 1, 1, 1].into_iter().map(call), 2).await;
        assert_eq!(start.elapsed(), Duration::from_secs(9));
    }

    #[tokio::test]
    async fn no_call_and_no_limit_are_no_trouble() {
        let nothing = std::iter::empty::<std::future::Ready<u8>>();
        assert!(run(nothing, 3).await.is_empty());
        let calls = [1, 2, 3].into_iter().map(std::future::ready);
        assert_eq!(run(calls, 0).await, [1, 2, 3]);
    }
}
