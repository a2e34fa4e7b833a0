//! What is read of the log before something is decided.

use std::sync::Arc;

use medilink_domain::{Decider, Event, SubjectId};
use medilink_log::{
    LoadedStream, Position, RecordedEvent, SNAPSHOT_EVERY, StoredPayload, StreamWrite,
    snapshot_shape,
};

use super::{Instance, Work};
use crate::error::CommandError;

impl Work<'_> {
    /// An instance that must exist; `kind` is what it is called in "there is no such …".
    ///
    /// # Errors
    /// [`CommandError::NotFound`] when it doesn't exist, is another tenant's, or its subject
    /// was erased.
    pub async fn existing<D: Decider>(
        &mut self,
        id: &D::Id,
        kind: &'static str,
    ) -> Result<Instance<D>, CommandError> {
        let instance = self.load(id, kind).await?;
        if instance.version == 0 {
            Err(CommandError::NotFound(kind))
        } else {
            Ok(instance)
        }
    }

    /// An instance that may exist or not. Loaded again in the same attempt, it is as it was
    /// left by what was decided since.
    ///
    /// # Errors
    /// As [`Work::existing`], but a stream without events is the initial state.
    pub async fn load<D: Decider>(
        &mut self,
        id: &D::Id,
        kind: &'static str,
    ) -> Result<Instance<D>, CommandError> {
        let stream = D::stream(id);
        if let Some(instance) = self
            .instances
            .get(&stream)
            .and_then(|any| any.downcast_ref())
        {
            return Ok(Instance::clone(instance));
        }
        let tenant = self.tenant();
        let mut page = self.past::<D>(&stream).await?;
        let (mut state, mut version) = (D::default(), 0);
        if let Some(snapshot) = page.snapshot() {
            if snapshot.tenant() != tenant {
                return Err(CommandError::NotFound(kind));
            }
            match self.parts.snapshots.open::<D>(&stream, snapshot).await {
                Some(cached) => (state, version) = (cached, snapshot.version),
                None => page = self.rest(&stream, 0).await?,
            }
        }
        let (stored, outgrown) = (page.stored(), page.outgrows_snapshot());
        loop {
            for event in page.events() {
                if event.tenant != tenant {
                    return Err(CommandError::NotFound(kind));
                }
                state.evolve(&self.decode::<D>(event.stored(&stream), kind).await?);
                version = event.version;
            }
            if !page.has_more() {
                break;
            }
            page = self.rest(&stream, version).await?;
        }
        let store = version - stored >= SNAPSHOT_EVERY;
        if store || outgrown {
            self.snapshot(&stream, version, &state, store).await;
        }
        Ok(self.touch(stream, state, version))
    }

    /// What a stream's state is folded from: what is known of it, or what the log has.
    async fn past<D: Decider>(&mut self, stream: &str) -> Result<Arc<LoadedStream>, CommandError> {
        let loader = &self.parts.loader;
        if !self.fresh
            && let Some((known, epoch)) = loader.known(stream)
        {
            self.presumed = Some(self.presumed.map_or(epoch, |earlier| earlier.min(epoch)));
            return Ok(known);
        }
        loader
            .load(self.tenant(), stream, &snapshot_shape::<D>())
            .await
            .map_err(CommandError::database)
    }

    async fn rest(&self, stream: &str, after: u64) -> Result<Arc<LoadedStream>, CommandError> {
        self.parts
            .loader
            .after(self.tenant(), stream, after)
            .await
            .map_err(CommandError::database)
    }

    /// Keeps the state, so that the events up to it are not opened and folded again.
    async fn snapshot<D: Decider>(&self, stream: &str, version: u64, state: &D, store: bool) {
        // A cache that can't be written is only slower.
        let failed = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, category = D::CATEGORY, "a snapshot could not be kept");
        };
        let snapshots = &self.parts.snapshots;
        let snapshot = match snapshots.seal(self.tenant(), stream, version, state).await {
            Ok(snapshot) => snapshot,
            Err(error) => return failed(&error),
        };
        if store && let Err(error) = snapshots.store::<D>(stream, &snapshot).await {
            return failed(&error);
        }
        self.parts.loader.shorten(stream, snapshot, store);
    }

    async fn decode<D: Decider>(
        &self,
        event: StoredPayload<'_>,
        kind: &'static str,
    ) -> Result<D::Event, CommandError> {
        let decoded = self
            .parts
            .codec
            .decode(event)
            .await
            .map_err(CommandError::codec)?;
        // Whoever was erased is not known any more.
        decoded.ok_or(CommandError::NotFound(kind))
    }

    pub(super) fn touch<D: Decider>(
        &mut self,
        stream: String,
        state: D,
        version: u64,
    ) -> Instance<D> {
        self.touched.push(StreamWrite {
            stream: stream.clone(),
            expected: version,
            events: Vec::new(),
        });
        let instance = Instance {
            stream,
            state,
            loaded: version,
            version,
        };
        self.keep(&instance);
        instance
    }

    /// The position of the first event of a stream.
    pub(crate) async fn began(&self, stream: &str) -> Result<Option<Position>, CommandError> {
        let first = self.parts.reader.stream(stream, 0, 1).await;
        let first = first.map_err(CommandError::database)?;
        Ok(first.first().map(|event| event.position))
    }

    /// What an event says; none when it is erased.
    pub(crate) async fn open<E: Event>(
        &self,
        event: &RecordedEvent,
    ) -> Result<Option<E>, CommandError> {
        let opened = self.parts.codec.decode(event).await;
        opened.map_err(CommandError::codec)
    }

    /// Up to `limit` events of these types about a person, after a position and in order. The
    /// append doesn't look at them again.
    pub(crate) async fn about(
        &self,
        person: SubjectId,
        kinds: &[&str],
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, CommandError> {
        let reader = &self.parts.reader;
        let page = reader.about(self.tenant(), person, kinds, after, limit);
        page.await.map_err(CommandError::database)
    }
}
