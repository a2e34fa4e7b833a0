//! Applying events to a generation: rows, dead letters and checkpoint move in one
//! transaction, so each event counts once, however often it is delivered.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

use futures::TryFutureExt;
use medilink_database::{DatabaseError, Session, Transaction};
use medilink_log::{EventCodec, LogReader, Position, RecordedEvent};
use medilink_vault::Vault;

use super::error::ProjectionError;
use super::folding::Sheet;
use super::generation::{self, Generation, Target};
use super::letters::{self, Decision};
use super::model::{KeyOf, ReadModel, Source, name_of};
use super::opening::{Prepared, keys, prepare};
use super::row::{Key, Row};
use super::sealing::{seal, unseal};
use super::table::Table;

/// The most letters that one decision replays in one transaction's memory at a time.
const REPLAY_PAGE: usize = 500;

/// Applies events of the log to the generations of one read model.
pub(crate) struct Applier<M> {
    pub(crate) codec: EventCodec,
    pub(crate) reader: LogReader,
    model: PhantomData<fn() -> M>,
}

impl<M: ReadModel> Applier<M> {
    pub(crate) const fn new(codec: EventCodec, reader: LogReader) -> Self {
        Self {
            codec,
            reader,
            model: PhantomData,
        }
    }

    pub(crate) const NAME: &'static str = name_of::<M>();

    pub(crate) const fn vault(&self) -> &Vault {
        self.codec.vault()
    }

    /// The table of a generation of this release's version.
    pub(crate) fn table(&self, number: i32) -> Table {
        Table::new(Self::NAME, M::VERSION, number, M::Row::shape())
    }

    /// Whether an event can have to do with this model.
    pub(crate) fn concerned(event: &RecordedEvent) -> bool {
        M::Source::handles(&event.kind) || letters::decides(event)
    }

    /// Applies contiguous events; those at or before the checkpoint are skipped. Returns
    /// where the checkpoint is then.
    ///
    /// # Errors
    /// [`ProjectionError::Gap`] when the events begin later than the checkpoint's next;
    /// otherwise when something must be tried again. Nothing is written then, except the
    /// part before an operator's decision.
    pub(crate) async fn apply(
        &self,
        client: &mut Session,
        target: Target,
        events: &[RecordedEvent],
    ) -> Result<Position, ProjectionError> {
        let mut rest = events;
        let mut position = Position::START;
        while !rest.is_empty() {
            // A decision replays letters, which needs its own rows: its own transaction.
            let (before, decision) = self.until_decision(rest).await?;
            if before > 0 {
                position = self.apply_batch(client, target, &rest[..before]).await?;
            }
            rest = &rest[before..];
            if let Some(decision) = decision {
                position = self
                    .apply_decision(client, target, &rest[0], &decision)
                    .await?;
                rest = &rest[1..];
            }
        }
        Ok(position)
    }

    pub(crate) async fn until_decision(
        &self,
        events: &[RecordedEvent],
    ) -> Result<(usize, Option<Decision>), ProjectionError> {
        for (at, event) in events.iter().enumerate() {
            if let Some(decision) = letters::decision(&self.codec, Self::NAME, event).await? {
                return Ok((at, Some(decision)));
            }
        }
        Ok((events.len(), None))
    }

    async fn apply_batch(
        &self,
        client: &mut Session,
        target: Target,
        events: &[RecordedEvent],
    ) -> Result<Position, ProjectionError> {
        // Opened before the transaction: the keys may have to be fetched from elsewhere.
        let prepared = prepare::<M>(&self.codec, events).await?;
        let transaction = client.transaction().await?;
        let found = self.locked(&transaction, target).await?;
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return Ok(found.position);
        };
        if last.position <= found.position {
            return Ok(found.position);
        }
        if first.position > found.position.next() {
            return Err(ProjectionError::Gap(found.position));
        }
        self.write(&transaction, found, prepared, last.position)
            .await?;
        commit(transaction).await?;
        Ok(last.position)
    }

    /// Folds what the generation lacks of the events and moves its checkpoint to `last`.
    pub(crate) async fn write(
        &self,
        transaction: &Transaction<'_>,
        found: Generation,
        mut prepared: Vec<Prepared<M::Source>>,
        last: Position,
    ) -> Result<(), ProjectionError> {
        prepared.retain(|event| event.position > found.position);
        if prepared.is_empty() {
            return Ok(generation::advance(transaction, Self::NAME, found.number, last).await?);
        }
        let mut sheet = Sheet::<M>::new();
        let streams: HashSet<&str> = prepared.iter().map(|event| event.stream.as_str()).collect();
        let streams: Vec<&str> = streams.into_iter().collect();
        // On their way together: each wait for an answer is a turn of the processor.
        let (parked, ()) = tokio::try_join!(
            letters::parked(transaction, Self::NAME, found.number, &streams)
                .map_err(ProjectionError::from),
            self.load(transaction, found.number, &mut sheet, &prepared),
        )?;
        for stream in parked {
            sheet.park(stream);
        }
        for event in prepared {
            sheet.take(event, 0);
        }
        self.store(transaction, found.number, sheet, last).await
    }

    /// Replays the letters of a stream in order, without the one that is skipped; they stop
    /// at the first that still can't be folded.
    async fn apply_decision(
        &self,
        client: &mut Session,
        target: Target,
        event: &RecordedEvent,
        decision: &Decision,
    ) -> Result<Position, ProjectionError> {
        let transaction = client.transaction().await?;
        let found = self.locked(&transaction, target).await?;
        if event.position <= found.position {
            return Ok(found.position);
        }
        if event.position > found.position.next() {
            return Err(ProjectionError::Gap(found.position));
        }
        let waiting =
            letters::take(&transaction, Self::NAME, found.number, &decision.stream).await?;
        let mut sheet = Sheet::<M>::new();
        for page in waiting.chunks(REPLAY_PAGE) {
            for (prepared, attempts) in self.waiting(page, decision).await? {
                self.load(
                    &transaction,
                    found.number,
                    &mut sheet,
                    std::slice::from_ref(&prepared),
                )
                .await?;
                sheet.take(prepared, attempts);
            }
        }
        self.store(&transaction, found.number, sheet, event.position)
            .await?;
        commit(transaction).await?;
        tracing::info!(
            projection = Self::NAME,
            letters = waiting.len(),
            "a parked stream was replayed"
        );
        Ok(event.position)
    }

    /// Reads letters back from the log, without the one that is skipped.
    pub(crate) async fn waiting(
        &self,
        letters: &[(Position, i32)],
        decision: &Decision,
    ) -> Result<Vec<(Prepared<M::Source>, i32)>, ProjectionError> {
        let mut waiting = Vec::with_capacity(letters.len());
        for (position, attempts) in letters {
            if decision.skip == Some(*position) {
                continue;
            }
            let stored = self.reader.after(Position(position.0 - 1), 1).await?;
            let prepared = prepare::<M>(&self.codec, &stored).await?;
            waiting.extend(prepared.into_iter().map(|event| (event, *attempts)));
        }
        Ok(waiting)
    }

    pub(crate) async fn locked(
        &self,
        transaction: &Transaction<'_>,
        target: Target,
    ) -> Result<Generation, ProjectionError> {
        match generation::lock(transaction, Self::NAME, target).await? {
            Some(found) if found.version == i32::from(M::VERSION) => Ok(found),
            _ => Err(ProjectionError::OtherVersion),
        }
    }

    /// Brings the rows that the events touch, and that the sheet lacks, into the sheet.
    async fn load(
        &self,
        transaction: &Transaction<'_>,
        number: i32,
        sheet: &mut Sheet<M>,
        prepared: &[Prepared<M::Source>],
    ) -> Result<(), ProjectionError> {
        // What can't name its keys is parked when it is folded.
        let touched: HashMap<KeyOf<M>, Vec<super::cell::Cell>> = prepared
            .iter()
            .filter_map(|event| event.fact.as_ref().ok())
            .filter_map(|fact| keys::<M>(fact).ok())
            .flatten()
            .filter(|key| !sheet.holds(key))
            .map(|key| (key.clone(), key.cells()))
            .collect();
        let (keys, cells): (Vec<KeyOf<M>>, Vec<_>) = touched.into_iter().unzip();
        let stored = self.table(number).load(transaction, &cells).await?;
        let shape = M::Row::shape();
        let by_cells: HashMap<String, KeyOf<M>> = keys
            .into_iter()
            .map(|key| (shape.label(&key.cells()), key))
            .collect();
        let labels: Vec<String> = stored.iter().map(|row| shape.label(row)).collect();
        let clear = unseal(self.vault(), Self::NAME, shape, stored).await?;
        for (label, cells) in labels.iter().zip(clear) {
            let Some(key) = by_cells.get(label) else {
                continue;
            };
            sheet.place(key.clone(), cells.map(M::Row::from_cells).transpose()?);
        }
        Ok(())
    }

    /// Writes what changed in the sheet, and moves the checkpoint to `last`.
    async fn store(
        &self,
        transaction: &Transaction<'_>,
        number: i32,
        sheet: Sheet<M>,
        last: Position,
    ) -> Result<(), ProjectionError> {
        let table = self.table(number);
        let changes = sheet.changes();
        let keys: Vec<_> = changes
            .upserts
            .iter()
            .map(|row| row.key().cells())
            .collect();
        let clear = changes
            .upserts
            .iter()
            .map(Row::cells)
            .collect::<Result<Vec<_>, _>>()?;
        let sealed = seal(self.vault(), Self::NAME, M::Row::shape(), clear).await?;
        let mut deletes = changes.deletes;
        let mut upserts = Vec::with_capacity(sealed.len());
        for (key, row) in keys.into_iter().zip(sealed) {
            match row {
                Some(row) => upserts.push(row),
                // Shredded since the event was opened: gone, as a rebuild would have it.
                None => deletes.push(key),
            }
        }
        tokio::try_join!(
            table.upsert(transaction, &upserts),
            table.delete(transaction, &deletes),
            letters::write(transaction, Self::NAME, number, &changes.letters),
            generation::advance(transaction, Self::NAME, number, last),
        )?;
        Ok(())
    }
}

async fn commit(transaction: Transaction<'_>) -> Result<(), ProjectionError> {
    fail::fail_point!("projection-before-commit", |_| Err(
        ProjectionError::FailPoint("projection-before-commit")
    ));
    transaction.commit().await.map_err(DatabaseError::from)?;
    Ok(())
}
