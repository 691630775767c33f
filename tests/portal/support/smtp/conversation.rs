//! What the scripted server says on one connection.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

use super::{At, Reply, State, Taken};

/// Whether a conversation goes on.
pub(super) enum Next {
    GoOn,
    Secure,
    End,
}

pub(super) struct Conversation<'a, S> {
    pub(super) stream: BufReader<S>,
    state: &'a State,
    encrypted: bool,
    signed_in: bool,
    /// The reply that this connection has met.
    pub(super) met: Option<Reply>,
    /// The reply that the mail under way will meet.
    reply: Reply,
    from: String,
    to: Vec<String>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Conversation<'a, S> {
    pub(super) fn new(stream: S, encrypted: bool, state: &'a State) -> Self {
        Self {
            stream: BufReader::new(stream),
            state,
            encrypted,
            signed_in: false,
            met: None,
            reply: Reply::Accept,
            from: String::new(),
            to: Vec::new(),
        }
    }

    fn next_reply(&self, wanted: impl Fn(&Reply) -> bool) -> Option<Reply> {
        let mut replies = self.state.replies.lock().unwrap();
        replies.pop_front_if(|reply| wanted(reply))
    }

    pub(super) async fn greet(&mut self) -> bool {
        self.met = self.next_reply(Reply::meets_connection);
        matches!(self.answer(At::Greeting, "220 mail.test ready").await, Next::GoOn)
    }

    pub(super) async fn run(&mut self) -> Next {
        let mut line = String::new();
        loop {
            line.clear();
            if !matches!(self.stream.read_line(&mut line).await, Ok(1..)) {
                return Next::End;
            }
            let command = line.trim_end();
            self.state.commands.lock().unwrap().push(command.to_owned());
            let next = self.obey(command).await;
            if !matches!(next, Next::GoOn) {
                return next;
            }
        }
    }

    async fn obey(&mut self, command: &str) -> Next {
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                let offer = self.offer();
                self.answer(At::Hello, &offer).await
            }
            "STARTTLS" => match self.answer(At::StartTls, "220 go ahead").await {
                Next::GoOn => Next::Secure,
                end => end,
            },
            "AUTH" => self.sign_in(command).await,
            "MAIL" => self.sender(command).await,
            "RCPT" => {
                self.to.push(address(command));
                self.answer(At::Recipient, "250 2.1.5 Ok").await
            }
            "DATA" => match self.answer(At::Data, "354 go on").await {
                Next::GoOn if self.reply.at() != Some(At::Data) => self.content().await,
                next => next,
            },
            "QUIT" => {
                self.write("221 2.0.0 Bye").await;
                Next::End
            }
            "RSET" | "NOOP" => self.write("250 2.0.0 Ok").await,
            _ => self.write("502 5.5.2 What?").await,
        }
    }

    fn offer(&self) -> String {
        let mut offers = vec!["mail.test"];
        if self.state.script.starttls && !self.encrypted {
            offers.push("STARTTLS");
        }
        if self.state.script.user.is_some() {
            offers.push("AUTH PLAIN LOGIN");
        }
        let last = offers.len() - 1;
        let line = |(n, offer)| format!("250{}{offer}", if n == last { ' ' } else { '-' });
        offers.into_iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
    }

    async fn sign_in(&mut self, command: &str) -> Next {
        let Some((user, password)) = self.state.script.user else {
            return self.write("502 5.5.1 No sign-in here").await;
        };
        let right = format!("AUTH PLAIN {}", plain_token(user, password));
        if command == right {
            self.signed_in = true;
            self.answer(At::SignIn, "235 2.7.0 Welcome").await
        } else {
            self.write(&format!("535 5.7.8 Wrong: {command}")).await
        }
    }

    async fn sender(&mut self, command: &str) -> Next {
        if self.state.script.user.is_some() && !self.signed_in {
            return self.write("530 5.7.0 Authentication required").await;
        }
        let next = self.next_reply(|reply| !reply.meets_connection());
        self.reply = next.unwrap_or(Reply::Accept);
        self.from = address(command);
        self.to.clear();
        self.answer(At::Sender, "250 2.1.0 Ok").await
    }

    async fn content(&mut self) -> Next {
        let mut raw = Vec::new();
        loop {
            let mut line = Vec::new();
            if !matches!(self.stream.read_until(b'\n', &mut line).await, Ok(1..)) {
                return Next::End;
            }
            if line == b".\r\n" {
                break;
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            if self.reply == Reply::DropInBody {
                return Next::End;
            }
        }
        if self.reply.at() == Some(At::Content) {
            return self.answer(At::Content, "").await;
        }
        let number = self.take(raw);
        match self.reply {
            Reply::AcceptThenDrop => Next::End,
            Reply::AcceptThenHang => self.hang().await,
            Reply::AcceptThenClose => {
                self.write(&format!("250 2.0.0 Ok: taken as {number}")).await;
                Next::End
            }
            _ => self.write(&format!("250 2.0.0 Ok: taken as {number}")).await,
        }
    }

    fn take(&mut self, raw: Vec<u8>) -> usize {
        let text = String::from_utf8_lossy(&raw);
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        let message_id = id.unwrap_or_default().to_owned();
        let mut taken = self.state.taken.lock().unwrap();
        taken.push(Taken {
            from: self.from.clone(),
            to: self.to.clone(),
            message_id,
            raw,
            encrypted: self.encrypted,
            signed_in: self.signed_in,
        });
        taken.len()
    }

    /// Answers as usual, unless the script has something else for this moment.
    async fn answer(&mut self, at: At, usual: &str) -> Next {
        let scripted = [self.met.as_ref(), Some(&self.reply)];
        let scripted = scripted.into_iter().flatten().find(|reply| reply.at() == Some(at));
        match scripted {
            Some(Reply::Refuse(_, line)) => {
                let line = *line;
                self.write(line).await;
                if line.starts_with("421") { Next::End } else { Next::GoOn }
            }
            Some(Reply::Hang(_)) => self.hang().await,
            Some(Reply::Drop(_)) => Next::End,
            _ => self.write(usual).await,
        }
    }

    /// Whatever the client still says is read and left unanswered, until it hangs up.
    async fn hang(&mut self) -> Next {
        let _ = tokio::io::copy(&mut self.stream, &mut tokio::io::sink()).await;
        Next::End
    }

    async fn write(&mut self, line: &str) -> Next {
        let line = format!("{line}\r\n");
        let written = match self.reply {
            Reply::AcceptSlowly(pause) => self.write_slowly(line.as_bytes(), pause).await,
            _ => self.stream.write_all(line.as_bytes()).await,
        };
        let flushed = self.stream.flush().await;
        if written.and(flushed).is_ok() { Next::GoOn } else { Next::End }
    }

    async fn write_slowly(&mut self, line: &[u8], pause: Duration) -> std::io::Result<()> {
        for byte in line {
            self.stream.write_all(&[*byte]).await?;
            self.stream.flush().await?;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }
}

/// What stands between the angle brackets of `MAIL FROM:<…>` and `RCPT TO:<…>`.
fn address(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// The base64 of `\0user\0password` (RFC 4616).
pub fn plain_token(user: &str, password: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut token = String::new();
    for chunk in format!("\0{user}\0{password}").as_bytes().chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, n| bits << 8 | usize::from(*chunk.get(n).unwrap_or(&0)));
        for n in 0..4 {
            let letter = LETTERS[bits >> (18 - 6 * n) & 63];
            token.push(if n > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    token
}
