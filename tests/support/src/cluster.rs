//! Three nats-servers that keep the stream together, as `infra/deploy/nats/cluster.conf` makes
//! them: any of them may be killed, or cut off from the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use medilink_bus::{Bus, BusConfig};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::broker::{Member, TestBroker};
use crate::ports::port;
use crate::proxy::Proxy;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Three nats-servers of one test's own, over TLS.
#[derive(Debug)]
pub struct TestCluster {
    members: Vec<TestBroker>,
    /// How one finds another, by their numbers; and how those who only heard of one do, by its
    /// number twice.
    lines: BTreeMap<(usize, usize), Proxy>,
    folder: TempDir,
}

impl TestCluster {
    /// Their numbers.
    pub const MEMBERS: std::ops::Range<usize> = 0..3;

    /// Three that run; they may need some seconds to agree on who leads.
    ///
    /// # Panics
    /// When they don't start.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for file in ["nats.conf", "infra/deploy/nats/cluster.conf"] {
            let name = Path::new(file).file_name().expect("a file has a name");
            std::fs::copy(Path::new(FOLDER).join(file), folder.path().join(name))
                .expect("a file can be copied");
        }
        certify(folder.path());
        let ports: Vec<u16> = Self::MEMBERS.map(|_| port()).collect();
        let lines: BTreeMap<_, _> = Self::MEMBERS
            .flat_map(|from| Self::MEMBERS.map(move |to| (from, to)))
            .map(|(from, to)| ((from, to), Proxy::to(("127.0.0.1".to_owned(), ports[to]))))
            .collect();
        let mut members: Vec<TestBroker> = Self::MEMBERS
            .map(|number| TestBroker::member(member(folder.path(), number, ports[number], &lines)))
            .collect();
        members.iter_mut().for_each(TestBroker::restart);
        Self {
            members,
            lines,
            folder,
        }
    }

    /// `kill -9` of one.
    pub fn kill(&mut self, number: usize) {
        self.members[number].kill();
    }

    /// Starts one that was killed.
    ///
    /// # Panics
    /// When it doesn't start.
    pub fn restart(&mut self, number: usize) {
        self.members[number].restart();
    }

    /// Cuts one off from the others. It still takes clients.
    pub fn isolate(&self, number: usize) {
        self.lines_of(number).for_each(Proxy::cut);
    }

    /// Lets it find the others again.
    pub fn rejoin(&self, number: usize) {
        self.lines_of(number).for_each(Proxy::mend);
    }

    fn lines_of(&self, number: usize) -> impl Iterator<Item = &Proxy> {
        let touches = move |(from, to): &(usize, usize)| *from == number || *to == number;
        self.lines
            .iter()
            .filter(move |(ends, _)| touches(ends))
            .map(|(_, line)| line)
    }

    /// Where they listen.
    pub fn addresses(&self) -> Vec<String> {
        let members = self.members.iter();
        members
            .map(|member| format!("tls://127.0.0.1:{}", member.port()))
            .collect()
    }

    /// The file with the authority that signed their certificates.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A bus that knows all of them, as this user; perhaps not connected yet.
    ///
    /// # Panics
    /// Never: the URL is made here.
    pub async fn bus(&self, user: &str) -> Bus {
        let config = BusConfig {
            request_ms: 2_000,
            ca: Some(self.authority()),
            ..BusConfig::at(self.addresses().join(","), user, TestBroker::password(user))
        };
        Bus::connect(&config, "test")
            .await
            .expect("the URL is well-formed")
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        // What they say to each other is the only way to tell why they didn't agree.
        if std::thread::panicking() {
            for (number, member) in self.members.iter().enumerate() {
                eprintln!("server {number} said:\n{}", member.said());
            }
        }
    }
}

fn member(
    folder: &Path,
    number: usize,
    port: u16,
    lines: &BTreeMap<(usize, usize), Proxy>,
) -> Member {
    let file = |name: &str| format!("{:?}", folder.join(name));
    let routes: Vec<String> = TestCluster::MEMBERS
        .filter(|other| *other != number)
        .map(|other| {
            format!(
                "\"nats-route://127.0.0.1:{}\"",
                lines[&(number, other)].port()
            )
        })
        .collect();
    let heard_of = lines[&(number, number)].port();
    Member {
        configuration: folder.join("cluster.conf"),
        environment: vec![
            ("MEDILINK_NATS_NAME", format!("medilink-{number}")),
            ("MEDILINK_NATS_HOST", "\"127.0.0.1\"".to_owned()),
            ("MEDILINK_NATS_CERTIFICATE", file("server.pem")),
            ("MEDILINK_NATS_KEY", file("server.key")),
            ("MEDILINK_NATS_CA", file("ca.pem")),
            ("MEDILINK_NATS_CLUSTER_PORT", port.to_string()),
            (
                "MEDILINK_NATS_CLUSTER_ADVERTISE",
                format!("\"127.0.0.1:{heard_of}\""),
            ),
            ("MEDILINK_NATS_ROUTES", format!("[{}]", routes.join(", "))),
        ],
    }
}

/// An authority, and one certificate of it for whoever is on this machine.
fn certify(folder: &Path) {
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).expect("a file can be written");
    };
    let mut authority = CertificateParams::new(Vec::new()).expect("no names are well-formed");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key can be made");
    let certificate = authority
        .self_signed(&key)
        .expect("an authority can be made");
    write("ca.pem", certificate.pem());
    let issuer = Issuer::new(authority, key);
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let server = CertificateParams::new(names).expect("the names are well-formed");
    let key = KeyPair::generate().expect("a key can be made");
    let certificate = server
        .signed_by(&key, &issuer)
        .expect("a certificate can be made");
    write("server.pem", certificate.pem());
    write("server.key", key.serialize_pem());
}
