//! This program's other roles as processes of their own: they are asked, and answer, by lines
//! of JSON on their standard input and output.

use std::io::Write;
use std::process::Stdio;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines, Stdin};
use tokio::process::{ChildStdin, ChildStdout, Command};

/// A running role; ends when dropped.
#[derive(Debug)]
pub struct Child {
    process: tokio::process::Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts this program in a role.
    ///
    /// # Panics
    /// When it doesn't start.
    pub fn start(role: &str) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut process = Command::new(program)
            .arg(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this program starts once more");
        let questions = process.stdin.take().expect("it is piped");
        let answers = process.stdout.take().expect("it is piped");
        Self {
            process,
            questions,
            answers: BufReader::new(answers).lines(),
        }
    }

    /// Its process.
    ///
    /// # Panics
    /// When it has ended.
    pub fn pid(&self) -> u32 {
        self.process.id().expect("it runs")
    }

    /// Asks, and waits for the answer.
    ///
    /// # Panics
    /// When it ends instead.
    pub async fn ask<Q: Serialize, A: DeserializeOwned>(&mut self, question: &Q) -> A {
        let mut line = serde_json::to_vec(question).expect("a question has a JSON form");
        line.push(b'\n');
        self.questions.write_all(&line).await.expect("it listens");
        let answer = self.answers.next_line().await.expect("it can be heard");
        serde_json::from_str(&answer.expect("it answers")).expect("its answer fits the question")
    }
}

/// The other end of a [`Child`].
#[derive(Debug)]
pub struct Parent(Lines<BufReader<Stdin>>);

impl Default for Parent {
    fn default() -> Self {
        Self(BufReader::new(tokio::io::stdin()).lines())
    }
}

impl Parent {
    /// The next question; `None` when there won't be another.
    ///
    /// # Panics
    /// When it isn't a question of this kind.
    pub async fn question<Q: DeserializeOwned>(&mut self) -> Option<Q> {
        let line = self.0.next_line().await.ok().flatten()?;
        Some(serde_json::from_str(&line).expect("the question is understood"))
    }

    /// Answers it.
    pub fn answer<A: Serialize>(&self, answer: &A) {
        let mut line = serde_json::to_vec(answer).expect("an answer has a JSON form");
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        // A parent that has gone away needs no answer.
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
}
