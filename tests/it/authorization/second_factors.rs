//! Second factors, to try to get at.

use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;

impl World {
    pub async fn of_second_factors(&self, operation: &str) -> Option<(String, Option<Value>)> {
        let challenge = json!({"challenge": "medilink_challenge_0.0"});
        let with = |field: &str, value: Value| {
            let mut body = challenge.clone();
            body[field] = value;
            body
        };
        let session = |rest: &str| format!("/v1/sessions/{rest}");
        let own = |rest: &str| format!("/v1/me/second-factors{rest}");
        let proof = |rest: &str| format!("/v1/me/session/proof{rest}");
        let mut answer = with("method", json!("totp"));
        answer["code"] = json!("081804");
        let mut made = with("passkey", json!({}));
        made["name"] = json!("My phone");
        Some(match operation {
            "addPasskey" => (own("/passkeys"), Some(made)),
            "answerChallenge" => (session("challenge"), Some(answer)),
            "askChallengePasskey" => (session("challenge/passkey"), Some(challenge)),
            "askNewPasskey" => (own("/passkey-question"), None),
            "askPasskey" => (session("passkey-question"), None),
            "askProofPasskey" => (proof("/passkey"), None),
            "beginTotp" | "removeTotp" => (own("/totp"), None),
            "chooseMailedCodes" | "removeMailedCodes" => (own("/mail"), None),
            "chooseTextedCodes" | "removeTextedCodes" => (own("/sms"), None),
            "completePhone" => (
                format!("/v1/me/phone/{}/completion", Uuid::now_v7()),
                Some(json!({"code": "K7QM2-X9R4T"})),
            ),
            "confirmTotp" => (own("/totp/confirmation"), Some(json!({"code": "081804"}))),
            "endOtherSessions" => ("/v1/me/sessions".to_owned(), None),
            "issueBackupCodes" => (own("/backup-codes"), None),
            "listSecondFactors" => (own(""), None),
            "mailChallengeCode" => (session("challenge/mail"), Some(challenge)),
            "mailProofCode" => (proof("/mail"), None),
            "proveSession" => (
                proof(""),
                Some(json!({"method": "password", "password": "not the one"})),
            ),
            "readMessage" => (format!("/v1/me/phone/{}", Uuid::now_v7()), None),
            "removePasskey" => (own(&format!("/passkeys/{}", Uuid::now_v7())), None),
            "removeSecondFactors" => {
                let person = self.account(false).await;
                let path = format!("/v1/accounts/{person}/remove-second-factors");
                (path, Some(json!({"reason": "telephone-lost"})))
            }
            "requestPhone" => (
                "/v1/me/phone".to_owned(),
                Some(json!({"phone": "+919876543210"})),
            ),
            "startSessionWithPasskey" => (session("passkey"), Some(with("passkey", json!({})))),
            "textChallengeCode" => (session("challenge/sms"), Some(challenge)),
            "textProofCode" => (proof("/sms"), None),
            _ => return None,
        })
    }
}
