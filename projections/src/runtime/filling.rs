//! Filling a new generation: the whole log folded in memory, its final rows written once.
//!
//! Reading, opening, folding, sealing and writing go on side by side, each at most a few pages
//! ahead of the next, so that every processor works and memory holds no more than the rows.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt, TryStreamExt, stream};
use medilink_database::{Session, Transaction};
use medilink_log::{EventCodec, LogReader, Position, RecordedEvent};
use medilink_vault::Vault;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::apply::Applier;
use super::cell::Cell;
use super::error::ProjectionError;
use super::folding::Sheet;
use super::generation;
use super::letters::{self, Decision};
use super::model::{ReadModel, name_of};
use super::opening::{Prepared, prepare};
use super::row::Row;
use super::sealing::seal;
use super::table::Table;

/// How many events are read at once.
pub(crate) const PAGE: usize = 5_000;
/// How often it is told how far the log has been folded.
const TOLD: Duration = Duration::from_millis(500);
/// How many rows are sealed at once on their way into the table.
const SEALED: usize = 2_000;
/// How many pages, or parts of rows, are worked on before their turn.
const AHEAD: usize = 2;

/// A page of the log, opened.
struct Page<E> {
    prepared: Vec<Prepared<E>>,
    /// What operators decided in it about this projection, in order.
    decisions: VecDeque<(Position, Decision)>,
    last: Position,
}

impl<M: ReadModel> Applier<M> {
    /// Folds the log in memory and copies the final rows into the table of a generation.
    pub(crate) async fn fill(
        &self,
        client: &mut Session,
        number: i32,
    ) -> Result<Position, ProjectionError> {
        match self.fill_from(Sheet::unchecked(), client, number).await {
            // Which event made it so shows when each is looked at.
            Err(ProjectionError::NotStorable) => self.fill_from(Sheet::new(), client, number).await,
            filled => filled,
        }
    }

    async fn fill_from(
        &self,
        mut sheet: Sheet<M>,
        client: &mut Session,
        number: i32,
    ) -> Result<Position, ProjectionError> {
        let position = self.fold_log(&mut sheet, client, number).await?;
        fail::fail_point!("rebuild-before-copy", |_| Err(ProjectionError::FailPoint(
            "rebuild-before-copy"
        )));
        let changes = sheet.changes();
        let table = self.table(number);
        let transaction = client.transaction().await?;
        self.copy(&transaction, &table, changes.upserts).await?;
        table.index(&transaction, M::INDEXES).await?;
        letters::write(&transaction, Self::NAME, number, &changes.letters).await?;
        generation::advance(&transaction, Self::NAME, number, position).await?;
        transaction.commit().await?;
        Ok(position)
    }

    async fn fold_log(
        &self,
        sheet: &mut Sheet<M>,
        client: &Session,
        number: i32,
    ) -> Result<Position, ProjectionError> {
        let mut position = Position::START;
        let mut pages = pages::<M>(self.codec.clone(), self.reader.clone());
        let mut told = Instant::now();
        while let Some(page) = pages.try_next().await? {
            position = page.last;
            self.fold_page(sheet, page).await?;
            if told.elapsed() > TOLD {
                generation::note_folded(client, Self::NAME, number, position).await?;
                told = Instant::now();
            }
        }
        Ok(position)
    }

    async fn fold_page(
        &self,
        sheet: &mut Sheet<M>,
        page: Page<M::Source>,
    ) -> Result<(), ProjectionError> {
        let mut decisions = page.decisions;
        for event in page.prepared {
            while let Some((_, decision)) = decisions.pop_front_if(|(at, _)| *at <= event.position)
            {
                self.decide(sheet, &decision).await?;
            }
            sheet.take(event, 0);
        }
        for (_, decision) in decisions {
            self.decide(sheet, &decision).await?;
        }
        Ok(())
    }

    /// Replays the letters of a stream, as an operator decided.
    async fn decide(
        &self,
        sheet: &mut Sheet<M>,
        decision: &Decision,
    ) -> Result<(), ProjectionError> {
        let letters: Vec<_> = sheet
            .unpark(&decision.stream)
            .iter()
            .map(|letter| (letter.position, letter.attempts))
            .collect();
        for (waiting, attempts) in self.waiting(&letters, decision).await? {
            sheet.take(waiting, attempts);
        }
        Ok(())
    }

    async fn copy(
        &self,
        transaction: &Transaction<'_>,
        table: &Table,
        rows: Vec<M::Row>,
    ) -> Result<(), ProjectionError> {
        let mut rows = rows.into_iter();
        let parts = std::iter::from_fn(move || {
            let part: Vec<_> = rows.by_ref().take(SEALED).collect();
            (!part.is_empty()).then_some(part)
        });
        let mut sealed = stream::iter(parts)
            .map(|part| ahead(sealed::<M::Row>(self.vault().clone(), part)))
            .buffered(AHEAD);
        while let Some(part) = sealed.next().await {
            table.copy_in(transaction, &part?).await?;
        }
        Ok(())
    }
}

/// The log from its first event on, opened for a model.
fn pages<M: ReadModel>(
    codec: EventCodec,
    reader: LogReader,
) -> impl Stream<Item = Result<Page<M::Source>, ProjectionError>> + Unpin {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let reading = ahead(async move {
        let mut position = Position::START;
        loop {
            let events = reader.after(position, PAGE).await?;
            let Some(last) = events.last() else {
                return Ok::<_, ProjectionError>(());
            };
            position = last.position;
            let full = events.len() == PAGE;
            let opening = ahead(open::<M>(codec.clone(), events, position));
            if sender.send(opening).await.is_err() || !full {
                return Ok(());
            }
        }
    });
    // What ended the reading comes after the pages that it read.
    let state = (receiver, Some(reading));
    Box::pin(stream::try_unfold(state, async |(mut pages, reading)| {
        if let Some(opening) = pages.recv().await {
            return Ok(Some((opening.await?, (pages, reading))));
        }
        match reading {
            Some(reading) => reading.await.map(|()| None),
            None => Ok(None),
        }
    }))
}

async fn open<M: ReadModel>(
    codec: EventCodec,
    events: Vec<RecordedEvent>,
    last: Position,
) -> Result<Page<M::Source>, ProjectionError> {
    let mut decisions = VecDeque::new();
    for event in &events {
        if let Some(decision) = letters::decision(&codec, name_of::<M>(), event).await? {
            decisions.push_back((event.position, decision));
        }
    }
    Ok(Page {
        prepared: prepare::<M>(&codec, &events).await?,
        decisions,
        last,
    })
}

/// Rows as they are stored; those of whom the key is shredded are left out.
async fn sealed<R: Row>(vault: Vault, rows: Vec<R>) -> Result<Vec<Vec<Cell>>, ProjectionError> {
    let storable = |cells: &Vec<Cell>| cells.iter().all(Cell::is_storable);
    let clear = rows
        .iter()
        .map(|row| row.cells().ok().filter(storable))
        .collect::<Option<Vec<_>>>()
        .ok_or(ProjectionError::NotStorable)?;
    let sealed = seal(&vault, R::NAME, R::shape(), clear).await?;
    Ok(sealed.into_iter().flatten().collect())
}

/// Lets work go on beside the caller, for as long as somebody is to have what comes of it.
fn ahead<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> impl Future<Output = T> + Send {
    let task = AbortOnDropHandle::new(tokio::spawn(work));
    async move {
        match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(outcome) => outcome,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // Nobody but the runtime ends it, and then the caller ends as well.
            Err(Err(_)) => std::future::pending().await,
        }
    }
}
