//! The tokens that nobody can make but us, and that are kept nowhere: each carries a MAC under
//! the tenant's own key.

use medilink_domain::{SessionId, TenantId};
use medilink_vault::Vault;
use rand::RngCore;
use uuid::Uuid;

/// What refresh tokens begin with, so that scanners find one that leaks.
const REFRESH: &str = "medilink_refresh_";
/// What device tokens begin with.
const DEVICE: &str = "medilink_device_";

/// Makes and recognises them.
#[derive(Clone, Debug)]
pub(super) struct Secrets {
    vault: Vault,
    tenant: TenantId,
}

impl Secrets {
    pub(super) const fn new(vault: Vault, tenant: TenantId) -> Self {
        Self { vault, tenant }
    }

    /// The blind index of a value.
    pub(super) fn index(&self, scope: &str, value: &str) -> [u8; 32] {
        self.vault.blind_index(self.tenant, scope, value)
    }

    /// The refresh token of a session's generation: the same one each time, so that a repeated
    /// answer is the same answer.
    pub(super) fn new_refresh(&self, session: SessionId, generation: u32) -> String {
        let mut token = Vec::with_capacity(52);
        token.extend_from_slice(session.uuid().as_bytes());
        token.extend_from_slice(&generation.to_be_bytes());
        token.extend_from_slice(&self.refresh_mac(session, generation));
        format!("{REFRESH}{}", hex::encode(token))
    }

    /// The session and generation of a refresh token of ours.
    pub(super) fn refresh(&self, token: &str) -> Option<(SessionId, u32)> {
        let bytes: [u8; 52] = bytes(token, REFRESH)?;
        let (session, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, mac) = rest.split_first_chunk::<4>()?;
        let session = SessionId(Uuid::from_bytes(*session));
        let generation = u32::from_be_bytes(*generation);
        is_mac(mac, &self.refresh_mac(session, generation)).then_some((session, generation))
    }

    fn refresh_mac(&self, session: SessionId, generation: u32) -> [u8; 32] {
        self.index("refresh-token", &format!("{session}/{generation}"))
    }

    /// A token for a device on which this address has signed in.
    pub(super) fn new_device(&self, address: &str) -> String {
        let mut device = [0; 16];
        rand::rng().fill_bytes(&mut device);
        let mac = self.device_mac(&hex::encode(device), address);
        format!("{DEVICE}{}{}", hex::encode(device), hex::encode(mac))
    }

    /// The device of a token of ours, if this address has signed in on it.
    pub(super) fn device(&self, address: &str, token: &str) -> Option<String> {
        let bytes: [u8; 48] = bytes(token, DEVICE)?;
        let (device, mac) = bytes.split_first_chunk::<16>()?;
        let device = hex::encode(device);
        is_mac(mac, &self.device_mac(&device, address)).then_some(device)
    }

    fn device_mac(&self, device: &str, address: &str) -> [u8; 32] {
        self.index("device-token", &format!("{device}/{address}"))
    }
}

fn bytes<const N: usize>(token: &str, prefix: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(token.strip_prefix(prefix)?, &mut bytes).ok()?;
    Some(bytes)
}

/// Takes as long wherever the two differ.
fn is_mac(shown: &[u8], right: &[u8; 32]) -> bool {
    let differences = shown.iter().zip(right).map(|(one, other)| one ^ other);
    shown.len() == right.len() && differences.fold(0, |all, difference| all | difference) == 0
}
