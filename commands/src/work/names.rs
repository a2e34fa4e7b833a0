//! Names that one stream may hold at a time.

use medilink_domain::Decider;
use medilink_log::{Claim, Release};

use super::{Instance, Work};
use crate::error::CommandError;

impl Work<'_> {
    /// Claims a name that only this instance may hold: `scope` says what kind of name.
    pub fn claim<D: Decider>(&mut self, instance: &Instance<D>, scope: &str, name: &str) {
        let key = self.name(scope, name);
        self.claims.push(Claim {
            key,
            stream: instance.stream.clone(),
        });
    }

    /// Gives a name back that this instance holds, so that another may claim it. Something must
    /// be decided of the instance in the same work: that says why.
    pub fn release<D: Decider>(&mut self, instance: &Instance<D>, scope: &str, name: &str) {
        let key = self.name(scope, name);
        self.releases.push(Release {
            key: Some(key),
            stream: instance.stream.clone(),
        });
    }

    /// Gives all names back that this instance holds, whatever they are.
    pub fn release_all<D: Decider>(&mut self, instance: &Instance<D>) {
        self.releases.push(Release {
            key: None,
            stream: instance.stream.clone(),
        });
    }

    /// The stream that holds a name now. The append doesn't look at it again: what is decided on
    /// it must be guarded by something else.
    ///
    /// # Errors
    /// When the log can't be read.
    pub async fn holder(&self, scope: &str, name: &str) -> Result<Option<String>, CommandError> {
        let key = self.name(scope, name);
        let holder = self.parts.reader.holder(&key).await;
        holder.map_err(CommandError::database)
    }

    /// The blind index of a name: the same for the same name, and telling nothing of it.
    pub(crate) fn name(&self, scope: &str, name: &str) -> [u8; 32] {
        let vault = self.parts.codec.vault();
        vault.blind_index(self.tenant(), scope, name)
    }
}
