//! `wagate health`: asks the gateway that has these settings whether it answers. For health checks where
//! there is no HTTP client, such as in a container.

use crate::{exit::Failure, print, settings::Settings};
use anyhow::Context as _;
use std::{
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// How long each step of the question may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than any answer about health has, in bytes.
const LONGEST_ANSWER: u64 = 65_536;

/// What to ask.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct HealthArgs {
    /// Ask whether every part works, the database among them, and not just whether the process answers.
    #[arg(long)]
    pub ready: bool,
}

/// Prints the gateway's answer; fails unless it is 200.
pub fn run(args: HealthArgs, settings: &Settings) -> Result<(), Failure> {
    let address = reachable(settings.listen);
    let path = if args.ready { "/health/ready" } else { "/health" };
    let answer = ask(address, path).with_context(|| format!("no answer from http://{address}{path}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(Failure::other(format!("http://{address}{path} answers {status}: {}", body.trim())));
    }
    Ok(print::line(body.trim())?)
}

/// Where a server that listens on all addresses is reached from its own machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn ask(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Start;
    use std::{net::TcpListener, thread};

    /// What the command comes to with a gateway that answers this, and the question it was asked.
    fn asked(ready: bool, answer: &'static str) -> (Result<(), String>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = format!("0.0.0.0:{}", listener.local_addr().unwrap().port());
        let gateway = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut question = String::new();
            while !question.ends_with("\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                question.push(char::from(byte[0]));
            }
            stream.write_all(answer.as_bytes()).unwrap();
            question
        });
        let line = ["wagate", "health", "--listen", &listen];
        let settings = Start::read(line.map(Into::into), []).unwrap().unwrap().resolved.settings;
        let result = run(HealthArgs { ready }, &settings).map_err(|failure| failure.to_string());
        (result, gateway.join().unwrap())
    }

    #[test]
    fn a_gateway_that_answers_is_healthy() {
        let (result, question) = asked(false, "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}");
        assert_eq!(result, Ok(()));
        assert!(question.starts_with("GET /health HTTP/1.1\r\n"), "{question}");
    }

    #[test]
    fn a_gateway_with_a_part_that_does_not_work_is_not_ready() {
        let (result, question) =
            asked(true, "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"unavailable\",\"database\":false}");
        let said = result.unwrap_err();
        assert!(said.contains("503") && said.contains("\"database\":false"), "{said}");
        assert!(question.starts_with("GET /health/ready HTTP/1.1\r\n"), "{question}");
    }

    #[test]
    fn a_gateway_that_hangs_up_is_not_healthy() {
        assert!(asked(false, "").0.is_err());
    }
}
