//! What is measured: one file per group of figures that share what is set up for them.

mod append;
mod audit;
mod authorize;
mod growth;
mod http;
mod lag;
mod nodes;
mod rebuild;
mod relay;
mod slots;
mod streams;
mod web;

use futures::future::LocalBoxFuture;

use crate::history::History;
use crate::report::{Report, say};
use crate::scale::Scale;

/// What a run works with.
pub struct Bench {
    /// How much is run.
    pub scale: Scale,
    /// What came of it.
    pub report: Report,
    /// Which figures are asked for; all when empty.
    only: Vec<String>,
    /// A long log, which two groups share because filling it takes longest.
    history: Option<History>,
}

/// Figures that are measured together.
struct Group {
    name: &'static str,
    figures: &'static [&'static str],
    run: for<'a> fn(&'a mut Bench) -> LocalBoxFuture<'a, ()>,
}

const GROUPS: [Group; 12] = [
    Group {
        name: "append",
        figures: &[
            "append_1",
            "append_8",
            "append_64",
            "append_64_p99",
            "append_512",
        ],
        run: |bench| Box::pin(append::run(bench)),
    },
    Group {
        name: "nodes",
        figures: &["append_two_nodes_64"],
        run: |bench| Box::pin(nodes::run(bench)),
    },
    Group {
        name: "load",
        figures: &["load_500_full", "load_500_snapshot"],
        run: |bench| Box::pin(streams::run(bench)),
    },
    Group {
        name: "relay",
        figures: &["relay_sync_always", "relay_one_by_one"],
        run: |bench| Box::pin(relay::run(bench)),
    },
    Group {
        name: "rebuild",
        figures: &["rebuild_1m", "rebuild_1m_vs_copy"],
        run: |bench| Box::pin(rebuild::run(bench)),
    },
    Group {
        name: "growth",
        figures: &["growth_append", "growth_read", "event_bytes"],
        run: |bench| Box::pin(growth::run(bench)),
    },
    Group {
        name: "lag",
        figures: &["lag_p50", "lag_p99"],
        run: |bench| Box::pin(lag::run(bench)),
    },
    Group {
        name: "http",
        figures: &[
            "http_book",
            "http_read",
            "http_read_audited",
            "memory_gateway",
            "memory_projector",
            "memory_relay",
            "memory_worker",
        ],
        run: |bench| Box::pin(http::run(bench)),
    },
    Group {
        name: "authorize",
        figures: &["authorize_p99", "authorize_first_p99"],
        run: |bench| Box::pin(authorize::run(bench)),
    },
    Group {
        name: "audit",
        figures: &["audit_read", "audit_read_alone"],
        run: |bench| Box::pin(audit::run(bench)),
    },
    Group {
        name: "slots",
        figures: &["slot_search", "slot_search_p99"],
        run: |bench| Box::pin(slots::run(bench)),
    },
    Group {
        name: "web",
        figures: &[
            "home_usable",
            "home_usable_again",
            "home_javascript",
            "home_bytes",
        ],
        run: |bench| Box::pin(web::run(bench)),
    },
];

impl Bench {
    /// A run of these figures: names, the beginnings of names, or names of groups.
    pub const fn new(scale: Scale, report: Report, only: Vec<String>) -> Self {
        Self {
            scale,
            report,
            only,
            history: None,
        }
    }

    /// Runs every group that has a figure which is asked for.
    ///
    /// # Panics
    /// When something that is asked for doesn't exist, or a server fails.
    pub async fn run(&mut self) {
        for word in &self.only {
            assert!(
                GROUPS.iter().any(|group| group.has(word)),
                "there is no figure `{word}`; there are {}",
                GROUPS
                    .map(|group| format!("{} ({})", group.name, group.figures.join(", ")))
                    .join("; ")
            );
        }
        for group in &GROUPS {
            if self.only.is_empty() || self.only.iter().any(|word| group.has(word)) {
                say(format_args!("== {}", group.name));
                (group.run)(self).await;
            }
        }
    }

    /// Whether a figure of a group that runs is asked for: naming the group asks for all.
    fn wants(&self, figure: &str) -> bool {
        self.only.is_empty()
            || self.only.iter().any(|word| {
                figure.starts_with(word.as_str()) || GROUPS.iter().any(|group| group.name == word)
            })
    }
}

impl Group {
    fn has(&self, word: &str) -> bool {
        self.name == word || self.figures.iter().any(|figure| figure.starts_with(word))
    }
}
