//! The way from a station to its processor, which a test can close: then connections are refused, as
//! they are when the processor or the line to it is down.

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::store::wait_for;

/// A TCP port that leads to another one while it is open.
pub(crate) struct Gate {
    address: SocketAddr,
    target: String,
    open: Option<Open>,
}

struct Open {
    is_closing: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    accepting: JoinHandle<()>,
}

impl Gate {
    /// A gate that is open; `url` is where it leads to.
    pub(crate) fn open(url: &str) -> Self {
        static GATES: AtomicU8 = AtomicU8::new(1);
        // An address that nobody else uses: while the gate is closed its port stays free.
        let process = std::process::id().to_le_bytes();
        let gate = GATES.fetch_add(1, Ordering::SeqCst);
        let address = Ipv4Addr::new(127, process[0] | 1, process[1], gate);
        let listener = TcpListener::bind((address, 0)).unwrap();
        let mut gate = Self {
            address: listener.local_addr().unwrap(),
            target: url.trim_start_matches("http://").to_owned(),
            open: None,
        };
        gate.serve(listener);
        gate
    }

    /// Base URL of the near side.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Nothing gets through any more, and nobody can connect.
    pub(crate) fn close(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        open.is_closing.store(true, Ordering::SeqCst);
        // One connection more, so that the thread looks.
        drop(TcpStream::connect(self.address));
        open.accepting.join().unwrap();
        for stream in open.streams.lock().unwrap().iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// The way is free again.
    pub(crate) fn reopen(&mut self) {
        if self.open.is_none() {
            // A process that another test is just starting still has the old socket for a moment.
            let listener = wait_for("the port", || TcpListener::bind(self.address).ok());
            self.serve(listener);
        }
    }

    fn serve(&mut self, listener: TcpListener) {
        let is_closing = Arc::new(AtomicBool::new(false));
        let streams = Arc::new(Mutex::new(Vec::new()));
        let target = self.target.clone();
        let (closing, kept) = (Arc::clone(&is_closing), Arc::clone(&streams));
        let accepting = std::thread::spawn(move || {
            for near in listener.incoming() {
                if closing.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(&target)) else {
                    continue;
                };
                let pair = [near.try_clone().unwrap(), far.try_clone().unwrap()];
                kept.lock().unwrap().extend(pair);
                carry(near.try_clone().unwrap(), far.try_clone().unwrap());
                carry(far, near);
            }
        });
        self.open = Some(Open {
            is_closing,
            streams,
            accepting,
        });
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.close();
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
