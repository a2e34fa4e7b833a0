//! What a test can break besides processes: lines, clocks, disks.

use std::collections::BTreeMap;
use std::path::Path;

use medilink_test_support::{Disorder, Line, Proxy};

use crate::clock::Clock;
use crate::disk::Disk;
use crate::parts::{Instance, Part};
use crate::platform::Platform;
use crate::settings::Options;

/// A line between two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wire {
    /// From a part to PostgreSQL.
    ToDatabase(Instance),
    /// From a part to NATS.
    ToBroker(Instance),
    /// From the callers to a gateway, by its number.
    ToGateway(u8),
}

/// Lines, clocks and disks; empty on a platform that is not to be broken.
#[derive(Default)]
pub(crate) struct Breaking {
    wires: BTreeMap<Wire, Proxy>,
    disorder: Disorder,
    clocks: BTreeMap<Instance, Clock>,
    disks: BTreeMap<&'static str, Disk>,
}

impl Breaking {
    /// What has to be there before the servers are.
    pub fn new(options: &Options, folder: &Path) -> Self {
        let mut breaking = Self::default();
        if !options.breakable {
            return breaking;
        }
        for server in ["postgres", "nats"] {
            match Disk::mount(folder.join(server)) {
                Ok(disk) => drop(breaking.disks.insert(server, disk)),
                Err(why) => eprintln!("SKIPPED: no disk of {server} can be filled: {why}"),
            }
        }
        for number in 1..=options.copies {
            for part in Part::ALL {
                let instance = Instance { part, number };
                let file = folder.join(format!("{instance}.clock"));
                breaking.clocks.insert(instance, Clock::in_file(file));
            }
        }
        breaking
    }

    /// Lays the lines.
    pub fn lay(&mut self, options: &Options, (postgres, nats): (u16, u16), gateways: &[u16]) {
        if !options.breakable {
            return;
        }
        let local = |port| ("127.0.0.1".to_owned(), port);
        for (gateway, number) in gateways.iter().zip(1..) {
            self.wires
                .insert(Wire::ToGateway(number), Proxy::to(local(*gateway)));
            for part in Part::ALL {
                let instance = Instance { part, number };
                self.wires
                    .insert(Wire::ToDatabase(instance), Proxy::to(local(postgres)));
                let (disorder, seed) = (self.disorder.clone(), u64::from(number));
                let line = Proxy::meddling(local(nats), move || disorder.meddler(seed));
                self.wires.insert(Wire::ToBroker(instance), line);
            }
        }
    }

    pub fn port(&self, wire: Wire) -> Option<u16> {
        self.wires.get(&wire).map(Proxy::port)
    }

    pub fn clock(&self, instance: Instance) -> Option<&Clock> {
        self.clocks.get(&instance)
    }
}

impl Platform {
    /// Makes a line be like this. Only of a breakable platform.
    pub fn set_line(&self, wire: Wire, line: Line) {
        self.breaking.wires[&wire].set(line);
    }

    /// Begins or ends a time in which deliveries come twice, late, out of order or not at all.
    pub fn set_disorder(&self, on: bool) {
        self.breaking.disorder.set(on);
    }

    /// Sets a part's clock so many seconds ahead, or back; `false` when this machine can't.
    pub fn set_clock(&self, instance: Instance, seconds: i64) -> bool {
        let clock = self.breaking.clock(instance);
        clock.inspect(|clock| clock.set(seconds)).is_some()
    }

    /// Leaves no room on PostgreSQL's disk, or gives it back; `false` when this machine can't.
    pub fn set_postgres_disk_full(&self, full: bool) -> bool {
        self.set_full("postgres", full)
    }

    /// The same with the disk of NATS.
    pub fn set_nats_disk_full(&self, full: bool) -> bool {
        self.set_full("nats", full)
    }

    fn set_full(&self, server: &str, full: bool) -> bool {
        let disk = self.breaking.disks.get(server);
        disk.inspect(|disk| if full { disk.fill() } else { disk.free() })
            .is_some()
    }
}
