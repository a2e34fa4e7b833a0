//! A ZIP archive that is encrypted and sent to the store as it grows.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use medilink_blobs::{BlobError, BlobWriter, Written};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::job::JobError;

use super::failed;

/// What the archive has written and the store has not yet taken.
#[derive(Clone, Default)]
struct Outlet(Arc<Mutex<Vec<u8>>>);

impl Outlet {
    fn take(&self) -> Vec<u8> {
        // Whole even if a holder panicked: every change to it is one call.
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting)
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An archive that grows.
pub(super) struct Archive {
    zip: ZipWriter<StreamWriter<Outlet>>,
    outlet: Outlet,
    blob: BlobWriter,
}

impl Archive {
    pub(super) fn new(blob: BlobWriter) -> Self {
        let outlet = Outlet::default();
        Self {
            zip: ZipWriter::new_stream(outlet.clone()),
            outlet,
            blob,
        }
    }

    /// Begins a file in it.
    pub(super) async fn begin(&mut self, name: &str) -> Result<(), JobError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip.start_file(name, options).map_err(broken)?;
        self.pass_on().await
    }

    /// Adds to the file that was begun last.
    pub(super) async fn put(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), JobError> {
        let written = self.zip.write_all(bytes.as_ref());
        written.map_err(|error| broken(error.into()))?;
        self.pass_on().await
    }

    /// Adds a whole file.
    pub(super) async fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), JobError> {
        self.begin(name).await?;
        self.put(bytes).await
    }

    async fn pass_on(&mut self) -> Result<(), JobError> {
        let waiting = self.outlet.take();
        self.blob.write(&waiting).await.map_err(failed)
    }

    pub(super) async fn finish(mut self) -> Result<Written, BlobError> {
        self.zip
            .finish()
            .map_err(|_| BlobError::Away("the archive can't be ended".to_owned()))?;
        self.blob.write(&self.outlet.take()).await?;
        self.blob.finish().await
    }

    pub(super) async fn abort(self) {
        self.blob.abort().await;
    }
}

fn broken(error: zip::result::ZipError) -> JobError {
    tracing::error!(%error, "an archive can't be written");
    JobError::permanent("archive-refused")
}
