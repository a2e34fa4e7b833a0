//! A line to a server that a test can cut, silence, make lose every answer, or slow down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::ports::port;

/// How a line is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Everything passes.
    Up,
    /// Connections are closed and refused.
    Cut,
    /// Connections stay open, but nothing passes. What was sent arrives when it is up again, as
    /// TCP has it.
    Silent,
    /// What is asked arrives; the answers don't, until it is up again. Whoever asked can't tell
    /// whether it was done.
    Unanswered,
    /// Everything passes, this much later.
    Slow(Duration),
}

/// What happens to the bytes of a server's answers, one connection's at a time.
pub type Meddler = Box<dyn FnMut(&[u8]) -> Vec<u8> + Send>;

type Meddlers = Arc<dyn Fn() -> Meddler + Send + Sync>;

/// A port that leads to a server's, for as long as this is kept.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    line: watch::Sender<Line>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A line to `host:port`, up.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn to(server: (String, u16)) -> Self {
        Self::start(server, None)
    }

    /// One whose every connection's answers go through a meddler of its own.
    ///
    /// # Panics
    /// As [`Proxy::to`].
    pub fn meddling(
        server: (String, u16),
        meddlers: impl Fn() -> Meddler + Send + Sync + 'static,
    ) -> Self {
        Self::start(server, Some(Arc::new(meddlers)))
    }

    fn start(server: (String, u16), meddlers: Option<Meddlers>) -> Self {
        let port = port();
        let (line, state) = watch::channel(Line::Up);
        // Taken here already, so that whoever is given the port can connect at once.
        let listener = std::net::TcpListener::bind(address(port)).ok();
        let task = tokio::spawn(serve(port, listener, server, state, meddlers));
        Self { port, line, task }
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Makes the line be like this.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// How the line is doing.
    pub fn line(&self) -> Line {
        *self.line.borrow()
    }

    /// Closes all connections and refuses new ones.
    pub fn cut(&self) {
        self.set(Line::Cut);
    }

    /// Lets nothing pass any more.
    pub fn silence(&self) {
        self.set(Line::Silent);
    }

    /// Lets everything pass again.
    pub fn mend(&self) {
        self.set(Line::Up);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const fn address(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}

async fn serve(
    port: u16,
    mut taken: Option<std::net::TcpListener>,
    server: (String, u16),
    mut line: watch::Receiver<Line>,
    meddlers: Option<Meddlers>,
) {
    // All of them end with this task.
    let mut connections = JoinSet::new();
    let given = line.clone();
    loop {
        if line.wait_for(|line| *line != Line::Cut).await.is_err() {
            return;
        }
        let Some(listener) = listen(port, taken.take()).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        loop {
            tokio::select! {
                accepted = listener.accept() => if let Ok((client, _)) = accepted {
                    connections.spawn(carry(client, server.clone(), given.clone(), meddlers.clone()));
                },
                cut = line.wait_for(|line| *line == Line::Cut) => {
                    if cut.is_err() {
                        return;
                    }
                    break;
                }
            }
            while connections.try_join_next().is_some() {}
        }
    }
}

async fn listen(port: u16, taken: Option<std::net::TcpListener>) -> Option<TcpListener> {
    match taken {
        Some(listener) => {
            listener.set_nonblocking(true).ok()?;
            TcpListener::from_std(listener).ok()
        }
        None => TcpListener::bind(address(port)).await.ok(),
    }
}

/// One connection, until either side or the line ends it.
async fn carry(
    client: TcpStream,
    server: (String, u16),
    mut line: watch::Receiver<Line>,
    meddlers: Option<Meddlers>,
) {
    let mut asked = line.clone();
    let connect = async {
        asked.wait_for(|line| *line != Line::Silent).await.ok()?;
        TcpStream::connect(server).await.ok()
    };
    let server = tokio::select! {
        server = connect => server,
        _ = line.wait_for(|line| *line == Line::Cut) => return,
    };
    let Some(server) = server else { return };
    // A small answer must not wait for the next one.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) =
        (client.into_split(), server.into_split());
    let meddler = meddlers.map(|make| make());
    tokio::select! {
        () = pump(from_client, to_server, line.clone(), false, None) => {}
        () = pump(from_server, to_client, line.clone(), true, meddler) => {}
        _ = line.wait_for(|line| *line == Line::Cut) => {}
    }
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut line: watch::Receiver<Line>,
    answers: bool,
    mut meddler: Option<Meddler>,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length) = from.read(&mut buffer).await {
        if length == 0 {
            return;
        }
        let passes = |line: &Line| match line {
            Line::Up | Line::Slow(_) => true,
            Line::Unanswered => !answers,
            Line::Cut | Line::Silent => false,
        };
        let Ok(now) = line.wait_for(passes).await.map(|line| *line) else {
            return;
        };
        if let Line::Slow(delay) = now {
            tokio::time::sleep(delay).await;
        }
        let sent = match &mut meddler {
            Some(meddle) => to.write_all(&meddle(&buffer[..length])).await,
            None => to.write_all(&buffer[..length]).await,
        };
        if sent.is_err() {
            return;
        }
    }
}
