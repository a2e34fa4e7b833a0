//! Looking after a running platform.

mod keys;

use medilink_commands::dead_letter::Resolve;
use medilink_commands::invitation::{InvitePlatformAdministrator, Invitee, new_code};
use medilink_commands::{Actor, CommandContext};
use medilink_database::Database;
use medilink_domain::dead_letter::Verdict;
use medilink_workers::DeadLetters as WorkerLetters;

use crate::cli::{Admin, DeadLetters, Invite, Rebuild, Verdict as Asked};
use crate::config::Config;
use crate::endpoints::{Role, postgres};
use crate::migrate::migrate;
use crate::outcome::{Outcome, fail};
use crate::output;
use crate::parts::{Commanding, projections};

/// Carries out one `admin` command.
///
/// # Errors
/// A sentence that says what is wrong.
pub async fn run(command: &Admin, config: &Config) -> Outcome {
    match command {
        Admin::Migrate => {
            migrate(config).await?;
            output::line("Both databases are up to date.")?;
            Ok(())
        }
        Admin::Rebuild(what) => rebuild(what, config).await,
        Admin::InvitePlatformAdministrator(invite) => invite_administrator(invite, config).await,
        Admin::DeadLetters(DeadLetters::List { consumer, limit }) => {
            list(
                consumer.as_ref().map(medilink_domain::values::Code::as_str),
                *limit,
                config,
            )
            .await
        }
        Admin::Keys(command) => keys::run(command, config).await,
        Admin::DeadLetters(DeadLetters::Retry(asked)) => resolve(asked, false, config).await,
        Admin::DeadLetters(DeadLetters::Skip(asked)) => resolve(asked, true, config).await,
    }
}

/// How the first platform administrator comes into being: whoever has the server may invite
/// one. The code is shown here, too, because mail may not be set up yet.
async fn invite_administrator(asked: &Invite, config: &Config) -> Outcome {
    let code = new_code();
    let invite = InvitePlatformAdministrator(Invitee {
        email: asked.email.clone(),
        language: asked.language,
        code: code.clone(),
    });
    let parts = Commanding::open(config).await?;
    let context = CommandContext::new(Actor::console(config.tenant()));
    let done = parts.executor.execute(&context, &invite).await;
    parts.close().await;
    let invitation = done?.answer.invitation;
    output::print(format!(
        "Invited. For seven days whoever has the code becomes a platform administrator with\n\n\
         POST /v1/invitations/{invitation}/accept\n\
         {{\"code\": \"{}\", \"name\": \"…\", \"password\": \"…\"}}\n\n\
         The code is mailed as well, if a mail server is set.\n",
        code.shown()
    ))
}

async fn rebuild(what: &Rebuild, config: &Config) -> Outcome {
    let projector = projections(config).await?;
    let names: Vec<String> = projector.names().map(str::to_owned).collect();
    if let Some(unknown) = what.models.iter().find(|model| !names.contains(model)) {
        return fail(format!(
            "there is no read model `{unknown}`; there are {}",
            names.join(", ")
        ));
    }
    for model in if what.all { &names } else { &what.models } {
        let position = projector.rebuild(model).await?;
        output::line(format!("{model} was built anew, up to position {position}"))?;
    }
    Ok(())
}

async fn list(consumer: Option<&str>, limit: u32, config: &Config) -> Outcome {
    let database = Database::new(postgres(config, Role::App)?)?;
    let parked = medilink_projections::dead_letter::list(&database, consumer, limit).await?;
    let waiting = WorkerLetters::new(database).list(consumer, limit).await?;
    if parked.is_empty() && waiting.is_empty() {
        return output::print("No dead letters: everything could be processed.\n");
    }
    let of_models = parked.iter().map(|letter| {
        (
            &letter.projection,
            &letter.stream,
            letter.position,
            letter.attempts,
            letter.parked_at,
            &letter.code,
        )
    });
    let of_jobs = waiting.iter().map(|letter| {
        (
            &letter.consumer,
            &letter.stream,
            letter.position,
            letter.attempts,
            letter.parked_at,
            &letter.code,
        )
    });
    let mut table = format!(
        "{:<24} {:<52} {:>10} {:>5}  {:<20} why\n",
        "consumer", "stream", "position", "tries", "since"
    );
    for (consumer, stream, position, tries, since, code) in of_models.chain(of_jobs) {
        let (position, since) = (position.0, since.format("%Y-%m-%dT%H:%M:%SZ"));
        table.push_str(&format!(
            "{consumer:<24} {stream:<52} {position:>10} {tries:>5}  {since:<20} {code}\n"
        ));
    }
    output::print(table)
}

async fn resolve(asked: &Asked, skip: bool, config: &Config) -> Outcome {
    let (consumer, stream) = (asked.consumer.as_str(), asked.stream.as_str());
    let parts = Commanding::open(config).await?;
    let waiting = WorkerLetters::new(parts.database.clone());
    let parked = medilink_projections::dead_letter::heads(
        &parts.database,
        config.tenant(),
        Some(consumer),
        Some(stream),
        1,
    )
    .await?;
    let outcome: Outcome<_> = if let Some(letter) = parked.first() {
        let verdict = Verdict {
            consumer: asked.consumer.clone(),
            stream: asked.stream.clone(),
            position: letter.position.0,
            reason: asked.reason.clone(),
        };
        let context = CommandContext::new(Actor::console(config.tenant()));
        parts
            .executor
            .execute(
                &context,
                &Resolve {
                    verdict,
                    skip,
                    waits: true,
                },
            )
            .await
            .map(|_| letter.position)
            .map_err(Into::into)
    } else {
        let reason = asked.reason.clone();
        let answer = if skip {
            waiting
                .skip(&parts.executor, consumer, stream, reason)
                .await
        } else {
            waiting
                .retry(&parts.executor, consumer, stream, reason)
                .await
        };
        answer.map(|letter| letter.position).map_err(Into::into)
    };
    parts.close().await;
    let position = outcome.map_err(|error: Box<dyn std::error::Error + Send + Sync>| error)?;
    output::line(format!(
        "{} position {position} of {stream} for {consumer}; the reason is in the log",
        if skip { "Skipped" } else { "Will retry" }
    ))?;
    Ok(())
}
