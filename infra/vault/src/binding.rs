//! What sealed bytes are bound to: moved anywhere else, they don't open.

use medilink_domain::{Category, SubjectId, TenantId};
use uuid::Uuid;

/// The place that sealed bytes belong to.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The tenant that owns the data.
    pub tenant: TenantId,
    /// The stream, or the table of a read model.
    pub stream: &'a str,
    /// The version in the stream.
    pub version: u64,
    /// The event type, or the kind of row.
    pub kind: &'a str,
    /// The field; one word for the whole payload where it is sealed as one.
    pub field: &'a str,
}

/// Whose key it is: one per tenant, person and category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Holder {
    pub(crate) tenant: TenantId,
    pub(crate) subject: SubjectId,
    pub(crate) category: Category,
}

impl Holder {
    /// The additional authenticated data of sealed bytes: a label, the header, then every
    /// part with its length, so that no two places share their bytes.
    pub(crate) fn seal_context(&self, header: &[u8], binding: &Binding<'_>) -> Vec<u8> {
        context(
            b"medilink/seal/v1",
            &[
                header,
                binding.tenant.uuid().as_bytes(),
                binding.stream.as_bytes(),
                &binding.version.to_be_bytes(),
                binding.kind.as_bytes(),
                binding.field.as_bytes(),
                self.subject.uuid().as_bytes(),
                self.category.name().as_bytes(),
            ],
        )
    }

    /// What a wrapped key is bound to: a wrapped key that is copied into another person's
    /// row doesn't unwrap.
    pub(crate) fn wrap_context(&self, id: Uuid) -> Vec<u8> {
        context(
            b"medilink/data-key/v1",
            &[
                id.as_bytes(),
                self.tenant.uuid().as_bytes(),
                self.subject.uuid().as_bytes(),
                self.category.name().as_bytes(),
            ],
        )
    }
}

fn context(label: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let length = label.len() + parts.iter().map(|part| part.len() + 8).sum::<usize>();
    let mut out = Vec::with_capacity(length);
    out.extend_from_slice(label);
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}
