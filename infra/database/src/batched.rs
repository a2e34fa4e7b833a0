//! Questions that many ask at the same time, answered by one statement.
//!
//! A busy process asks PostgreSQL the same two or three things for each request. Asked
//! together they cost it a fraction, and the connection is not handed from one to the next
//! for each. Own code, because the data loaders there are hold back the first question for a
//! while, or answer later ones from what earlier ones found.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::DatabaseError;

/// The most questions of one statement.
const MOST: usize = 256;

type Answers<A> = Result<Vec<A>, DatabaseError>;
type Asked<Q, A> = (Q, oneshot::Sender<Result<A, DatabaseError>>);

/// Answers questions in batches, one batch at a time. A question is asked after it came in,
/// never before: no answer is older than its question. Cheap to clone; clones share batches.
pub struct Batched<Q, A> {
    shared: Arc<Shared<Q, A>>,
}

struct Shared<Q, A> {
    answer: Box<dyn Fn(Vec<Q>) -> BoxFuture<'static, Answers<A>> + Send + Sync>,
    waiting: Mutex<Waiting<Q, A>>,
}

struct Waiting<Q, A> {
    asked: Vec<Asked<Q, A>>,
    /// A task takes them.
    taken: bool,
}

impl<Q: Send + 'static, A: Send + 'static> Batched<Q, A> {
    /// `answer` is given questions in the order in which they came, and gives as many answers
    /// in the same order.
    pub fn new<F>(answer: impl Fn(Vec<Q>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answers<A>> + Send + 'static,
    {
        Self {
            shared: Arc::new(Shared {
                answer: Box::new(move |questions| answer(questions).boxed()),
                waiting: Mutex::new(Waiting {
                    asked: Vec::new(),
                    taken: false,
                }),
            }),
        }
    }

    /// Asks with whoever else asks now.
    ///
    /// # Errors
    /// When the statement failed; everyone in the batch is told the same.
    pub async fn ask(&self, question: Q) -> Result<A, DatabaseError> {
        let (tell, told) = oneshot::channel();
        let begin = {
            let mut waiting = self.shared.waiting();
            waiting.asked.push((question, tell));
            !std::mem::replace(&mut waiting.taken, true)
        };
        if begin {
            // A task of its own: who asks first may be gone before the answer comes.
            tokio::spawn(Arc::clone(&self.shared).take());
        }
        told.await.unwrap_or_else(|_| Err(unanswered()))
    }
}

impl<Q, A> Shared<Q, A> {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting<Q, A>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Vec<Asked<Q, A>>> {
        let mut waiting = self.waiting();
        let most = waiting.asked.len().min(MOST);
        waiting.taken = most > 0;
        (most > 0).then(|| waiting.asked.drain(..most).collect())
    }

    async fn take(self: Arc<Self>) {
        // Those who are about to ask may.
        tokio::task::yield_now().await;
        while let Some(batch) = self.next() {
            let (questions, tell): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let answered = AssertUnwindSafe((self.answer)(questions)).catch_unwind();
            match answered.await {
                Ok(Ok(answers)) if answers.len() == tell.len() => {
                    for (tell, answer) in tell.into_iter().zip(answers) {
                        // Whoever left needs no answer.
                        let _ = tell.send(Ok(answer));
                    }
                }
                Ok(Err(error)) => {
                    for tell in tell {
                        let _ = tell.send(Err(error.clone()));
                    }
                }
                // Told by the dropped channels.
                Ok(Ok(_)) | Err(_) => tracing::error!("questions were left without an answer"),
            }
        }
    }
}

fn unanswered() -> DatabaseError {
    DatabaseError::Unavailable("the question was left without an answer".to_owned())
}

impl<Q, A> Clone for Batched<Q, A> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<Q, A> std::fmt::Debug for Batched<Q, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batched")
            .field("waiting", &self.shared.waiting().asked.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures::future::join_all;

    use super::*;

    fn doubling(statements: &Arc<AtomicUsize>) -> Batched<u64, u64> {
        let statements = Arc::clone(statements);
        Batched::new(move |questions: Vec<u64>| {
            statements.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                assert!(!questions.contains(&13), "bad luck");
                if questions.contains(&0) {
                    return Err(DatabaseError::Statement("zero".to_owned()));
                }
                Ok(questions.into_iter().map(|question| question * 2).collect())
            }
        })
    }

    #[tokio::test]
    async fn everyone_gets_their_own_answer_and_few_statements_are_needed() {
        let statements = Arc::default();
        let batched = doubling(&statements);
        let answers = join_all((101..=1_100).map(|question| batched.ask(question))).await;
        for (question, answer) in (101..=1_100).zip(answers) {
            assert_eq!(answer.unwrap(), question * 2);
        }
        assert_eq!(
            statements.load(Ordering::Relaxed),
            1_000usize.div_ceil(MOST)
        );
        assert_eq!(batched.ask(7).await.unwrap(), 14);
    }

    #[tokio::test]
    async fn who_asks_during_a_statement_is_answered_by_a_later_one() {
        let statements = Arc::default();
        let batched = doubling(&statements);
        let first = tokio::spawn({
            let batched = batched.clone();
            async move { batched.ask(1).await }
        });
        while statements.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        // The first is given up half-way; that is nothing to the second.
        first.abort();
        assert_eq!(batched.ask(2).await.unwrap(), 4);
        assert_eq!(statements.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_who_asked_and_a_panic_too_and_the_next_are_answered() {
        let batched = doubling(&Arc::default());
        for bad in [0, 13] {
            let (bad, other) = tokio::join!(batched.ask(bad), batched.ask(3));
            assert!(bad.is_err() && other.is_err());
        }
        assert_eq!(batched.ask(3).await.unwrap(), 6);
    }
}
