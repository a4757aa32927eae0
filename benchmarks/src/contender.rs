//! One way of making a call.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

/// The error of any contender.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// One way of making a call, by name.
pub struct Contender {
    name: &'static str,
    caller: Box<dyn Caller>,
}

impl Contender {
    /// A contender that makes one call each time `call` is awaited.
    pub fn new(name: &'static str, call: impl AsyncFn() -> Result<(), BoxError> + 'static) -> Self {
        Self {
            name,
            caller: Box::new(Rc::new(call)),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Makes `count` calls, one after the other.
    pub(crate) async fn calls(&self, count: usize) -> Result<(), BoxError> {
        self.caller.calls(count).await
    }

    /// Makes `in_flight` times `count` calls, `in_flight` of them at a time.
    pub(crate) async fn calls_at_once(
        &self,
        in_flight: usize,
        count: usize,
    ) -> Result<(), BoxError> {
        let tasks = LocalSet::new();
        let started: Vec<_> = (0..in_flight)
            .map(|_| tasks.spawn_local(self.caller.calls(count)))
            .collect();
        tasks.await;
        for task in started {
            task.await??;
        }
        Ok(())
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Single-threaded, because the server has the other core.
pub(crate) fn runtime() -> Result<Runtime, BoxError> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// Makes calls of any type, many at a time, so that its own cost vanishes.
trait Caller {
    fn calls(&self, count: usize) -> Pin<Box<dyn Future<Output = Result<(), BoxError>>>>;
}

impl<F: AsyncFn() -> Result<(), BoxError> + 'static> Caller for Rc<F> {
    fn calls(&self, count: usize) -> Pin<Box<dyn Future<Output = Result<(), BoxError>>>> {
        let call = Self::clone(self);
        Box::pin(async move {
            for _ in 0..count {
                call().await?;
            }
            Ok(())
        })
    }
}
