//! A mail server that does what a script says, and remembers what it took.

mod conversation;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use conversation::plain_token;
use conversation::{Conversation, Next};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The moment of a conversation at which a reply is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    Hello,
    StartTls,
    SignIn,
    Sender,
    Recipient,
    Data,
    /// After the final dot.
    Content,
}

/// What the server does with the next connection or mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Accept,
    /// Gives this whole line as the answer, such as `550 5.1.1 No such user`.
    Refuse(At, &'static str),
    /// Says nothing more, and keeps the connection open.
    Hang(At),
    /// Closes the connection instead of answering.
    Drop(At),
    /// Closes the connection after the first line of the content.
    DropInBody,
    /// Takes the mail and closes the connection without saying so.
    AcceptThenDrop,
    /// Takes the mail and neither says so nor hangs up.
    AcceptThenHang,
    /// Takes the mail, says so, and closes the connection.
    AcceptThenClose,
    /// Takes the mail, and writes every answer to it byte by byte with this pause between.
    AcceptSlowly(Duration),
}

impl Reply {
    fn at(&self) -> Option<At> {
        match self {
            Self::Refuse(at, _) | Self::Hang(at) | Self::Drop(at) => Some(*at),
            _ => None,
        }
    }

    /// Replies that concern a connection as such, and are used up by the next one.
    fn meets_connection(&self) -> bool {
        use At::{Greeting, Hello, SignIn, StartTls};
        matches!(self.at(), Some(Greeting | Hello | StartTls | SignIn))
    }
}

/// A mail that the server took, whether or not it said so.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub message_id: String,
    /// The message as it was meant: doubled dots are single again.
    pub raw: Vec<u8>,
    pub encrypted: bool,
    pub signed_in: bool,
}

/// How the server is protected, and what it does in turn; without a next reply it accepts.
#[derive(Default)]
pub struct Script {
    replies: VecDeque<Reply>,
    starttls: bool,
    implicit_tls: bool,
    user: Option<(&'static str, &'static str)>,
}

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn then(mut self, reply: Reply) -> Self {
        self.replies.push_back(reply);
        self
    }

    pub fn with_starttls(mut self) -> Self {
        self.starttls = true;
        self
    }

    pub fn with_tls_from_the_start(mut self) -> Self {
        self.implicit_tls = true;
        self
    }

    /// Takes mail only from who signs in so.
    pub fn for_user(mut self, user: &'static str, password: &'static str) -> Self {
        self.user = Some((user, password));
        self
    }
}

struct State {
    replies: Mutex<VecDeque<Reply>>,
    taken: Mutex<Vec<Taken>>,
    commands: Mutex<Vec<String>>,
    connections: Mutex<(usize, usize)>,
    script: Script,
    tls: TlsAcceptor,
}

pub struct SmtpServer {
    state: Arc<State>,
    port: u16,
    certificate: String,
    listening: JoinHandle<()>,
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl SmtpServer {
    pub async fn start(mut script: Script) -> Self {
        let (tls, certificate) = certificate();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State {
            replies: Mutex::new(std::mem::take(&mut script.replies)),
            taken: Mutex::default(),
            commands: Mutex::default(),
            connections: Mutex::default(),
            script,
            tls,
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Self { state, port, certificate, listening }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of `localhost` and 127.0.0.1 that the server shows, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Adds a reply to the end of the script.
    pub fn then(&self, reply: Reply) {
        self.state.replies.lock().unwrap().push_back(reply);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// Every line that clients said outside of mails, in order.
    pub fn commands(&self) -> Vec<String> {
        self.state.commands.lock().unwrap().clone()
    }

    /// How many connections there have been so far.
    pub fn connections(&self) -> usize {
        self.state.connections.lock().unwrap().0
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.state.connections.lock().unwrap().1
    }
}

fn certificate() -> (TlsAcceptor, String) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a matching key");
    (TlsAcceptor::from(Arc::new(config)), cert.pem())
}

/// Serves until it is aborted; the connections end with it.
async fn listen(listener: TcpListener, state: Arc<State>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("a socket option");
        while open.try_join_next().is_some() {}
        open.spawn(serve(stream, Arc::clone(&state)));
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    {
        let mut connections = state.connections.lock().unwrap();
        connections.0 += 1;
        connections.1 += 1;
    }
    talk(stream, &state).await;
    state.connections.lock().unwrap().1 -= 1;
}

async fn talk(stream: TcpStream, state: &State) {
    if state.script.implicit_tls {
        if let Ok(secured) = state.tls.accept(stream).await {
            let mut talk = Conversation::new(secured, true, state);
            if talk.greet().await {
                talk.run().await;
            }
        }
        return;
    }
    let mut plain = Conversation::new(stream, false, state);
    if !plain.greet().await || !matches!(plain.run().await, Next::Secure) {
        return;
    }
    let met = plain.met.take();
    if let Ok(secured) = state.tls.accept(plain.stream.into_inner()).await {
        let mut talk = Conversation::new(secured, true, state);
        talk.met = met;
        talk.run().await;
    }
}
