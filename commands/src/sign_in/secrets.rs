//! The tokens that nobody can make but us, and that are kept nowhere: each carries a MAC under
//! the tenant's own key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::values::{OneTimeCode, SecretHash};
use medilink_domain::{AccountId, SessionId, TenantId};
use medilink_vault::Vault;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What refresh tokens begin with, so that scanners find one that leaks.
const REFRESH: &str = "medilink_refresh_";
/// What device tokens begin with.
const DEVICE: &str = "medilink_device_";
/// What challenges begin with.
const CHALLENGE: &str = "medilink_challenge_";

/// How long a device is known by its token.
const DEVICE_VALID: TimeDelta = TimeDelta::days(90);
/// The longest challenge that is looked at: one with the question to a browser in it.
const LONGEST_CHALLENGE: usize = 16_384;

/// What a challenge is for; one is never taken for the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// The password was right; a second factor is to be shown.
    SignIn,
    /// A passkey is to be shown, whosever it is.
    Passkey,
    /// A passkey is to be made.
    NewPasskey,
    /// Somebody is to show again who they are.
    Proof,
}

impl Purpose {
    const fn scope(self) -> &'static str {
        match self {
            Self::SignIn => "challenge/sign-in",
            Self::Passkey => "challenge/passkey",
            Self::NewPasskey => "challenge/new-passkey",
            Self::Proof => "challenge/proof",
        }
    }
}

/// What a challenge holds. It is signed, not hidden: nothing in it is a secret, and nothing
/// says who it is about in words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Challenge {
    /// Its id, which is used up with it.
    pub id: Uuid,
    /// Whose it is, if that is known.
    pub account: Option<Uuid>,
    /// In which session it was given out, if in one.
    pub session: Option<Uuid>,
    /// How many passwords the account had had.
    pub passwords: u32,
    /// How often the account had been disabled.
    pub era: u32,
    /// From when on it is too old.
    pub expires_at: DateTime<Utc>,
    /// On which known device the password was shown.
    pub device: Option<String>,
    /// What a browser was asked.
    pub state: Option<String>,
}

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

    /// A token for a device on which this address has just signed in, with so many passwords
    /// had.
    pub(super) fn new_device(&self, address: &str, passwords: u32, now: DateTime<Utc>) -> String {
        let mut device = [0; 16];
        rand::rng().fill_bytes(&mut device);
        let since = now.timestamp().to_be_bytes();
        let mac = self.device_mac(&hex::encode(device), since, address, passwords);
        let parts = [hex::encode(device), hex::encode(since), hex::encode(mac)];
        format!("{DEVICE}{}", parts.concat())
    }

    /// The device of a token of ours, if this address has signed in on it of late with the
    /// password that it has still.
    pub(super) fn device(
        &self,
        address: &str,
        passwords: u32,
        token: &str,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let bytes: [u8; 56] = bytes(token, DEVICE)?;
        let (device, rest) = bytes.split_first_chunk::<16>()?;
        let (since, mac) = rest.split_first_chunk::<8>()?;
        let device = hex::encode(device);
        let age = now - DateTime::from_timestamp(i64::from_be_bytes(*since), 0)?;
        let ours = is_mac(mac, &self.device_mac(&device, *since, address, passwords));
        (ours && age < DEVICE_VALID).then_some(device)
    }

    fn device_mac(&self, device: &str, since: [u8; 8], address: &str, passwords: u32) -> [u8; 32] {
        let since = i64::from_be_bytes(since);
        let known = format!("{device}/{since}/{passwords}/{address}");
        self.index("device-token", &known)
    }

    /// A challenge as it is given out.
    pub(super) fn new_challenge(&self, purpose: Purpose, challenge: &Challenge) -> Option<String> {
        let text = serde_json::to_string(challenge).ok()?;
        let mac = hex::encode(self.index(purpose.scope(), &text));
        let text = URL_SAFE_NO_PAD.encode(text);
        Some(format!("{CHALLENGE}{text}.{mac}"))
    }

    /// What a challenge of ours holds, if it was given out for this and is not too old.
    pub(super) fn challenge(
        &self,
        purpose: Purpose,
        token: &str,
        now: DateTime<Utc>,
    ) -> Option<Challenge> {
        if token.len() > LONGEST_CHALLENGE {
            return None;
        }
        let (text, mac) = token.strip_prefix(CHALLENGE)?.split_once('.')?;
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mac: [u8; 32] = bytes(mac, "")?;
        if !is_mac(&mac, &self.index(purpose.scope(), &text)) {
            return None;
        }
        let challenge: Challenge = serde_json::from_str(&text).ok()?;
        (now < challenge.expires_at).then_some(challenge)
    }

    /// A backup code as it is kept: who reads the log can't try codes without our key.
    pub(super) fn backup_code(&self, account: AccountId, code: &OneTimeCode) -> SecretHash {
        let known = format!("{account}/{}", code.shown());
        self.index("backup-code", &known).into()
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
