//! Send, Sync and Unpin of every public type, and of every future that comes from a public function without having a
//! name.
//!
//! What is to be generic is filled with the worst that is allowed: a `Value` is Send and not Sync, a `Body` is a future
//! that is not Unpin. So a row tells what the type itself adds or takes away. A type that is new, and a function that
//! returns an unnamed future, must have a row: the second test reads the sources.

#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use greenroom::*;
use tokio::io::DuplexStream;
use tokio_util::codec::BytesCodec;

type Value = Cell<u8>;
type Call = fn() -> Value;

/// A future of a user, at its worst.
struct Body<T = Value>(PhantomPinned, PhantomData<fn() -> T>);

impl<T> Future for Body<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        Poll::Pending
    }
}

/// Answers for a type. A method of its own, which asks for the trait, comes before one of [`Not`].
struct Probe<T: ?Sized>(PhantomData<T>);

trait Not {
    fn send(&self) -> &'static str {
        "-"
    }
    fn sync(&self) -> &'static str {
        "-"
    }
    fn unpin(&self) -> &'static str {
        "-"
    }
}

impl<T: ?Sized> Not for Probe<T> {}

impl<T: ?Sized + Send> Probe<T> {
    fn send(&self) -> &'static str {
        "Send"
    }
}

impl<T: ?Sized + Sync> Probe<T> {
    fn sync(&self) -> &'static str {
        "Sync"
    }
}

impl<T: ?Sized + Unpin> Probe<T> {
    fn unpin(&self) -> &'static str {
        "Unpin"
    }
}

/// What a function gives, without calling it.
fn given<A, F>(_: fn(A) -> F) -> Probe<F> {
    Probe(PhantomData)
}

struct Row {
    name: &'static str,
    wanted: &'static str,
    found: String,
}

macro_rules! facts {
    ($probe:expr) => {{
        let probe = $probe;
        [probe.send(), probe.sync(), probe.unpin()].join(" ")
    }};
}

macro_rules! types {
    ($($name:ident as $type:ty: $wanted:literal;)*) => {
        vec![$(Row {
            name: stringify!($name),
            wanted: $wanted,
            found: facts!(Probe::<$type>(PhantomData)),
        }),*]
    };
}

macro_rules! functions {
    ($($name:literal as $function:expr => $wanted:literal;)*) => {
        vec![$(Row { name: $name, wanted: $wanted, found: facts!(given($function)) }),*]
    };
}

fn named() -> Vec<Row> {
    types! {
        // greenroom-core
        ActorRef as ActorRef<Value>: "Send Sync Unpin";
        Alarm as Alarm: "Send Sync Unpin";
        AlreadySet as AlreadySet<Value>: "Send - Unpin";
        AsyncResult as AsyncResult<u8>: "Send Sync Unpin";
        AsyncResultGet as AsyncResultGet<u8, u8>: "Send Sync Unpin";
        AsyncResultWait as AsyncResultWait<u8, u8>: "Send Sync Unpin";
        Finally as Finally<Body>: "Send - -";
        FinallyRef as FinallyRef<Body, Body>: "Send - -";
        Shield as Shield<Body>: "Send - -";
        Apply as Apply<Body>: "Send - Unpin";
        Event as Event: "Send Sync Unpin";
        EventWait as EventWait: "Send Sync Unpin";
        Exit as Exit: "Send Sync Unpin";
        PanicInfo as PanicInfo: "Send Sync Unpin";
        Reason as Reason: "Send Sync Unpin";
        Group as Group: "Send Sync Unpin";
        GroupJoin as GroupJoin: "Send Sync Unpin";
        GroupKill as GroupKill: "Send Sync Unpin";
        Local as Local<Value>: "Send Sync Unpin";
        LocalError as LocalError: "Send Sync Unpin";
        LocalSetError as LocalSetError<Value>: "Send - Unpin";
        WithLocal as WithLocal<Body>: "Send - -";
        Acquire as Acquire: "Send Sync Unpin";
        BoundedSemaphore as BoundedSemaphore: "Send Sync Unpin";
        OverRelease as OverRelease: "Send Sync Unpin";
        Permit as Permit: "Send Sync Unpin";
        RLock as RLock: "Send Sync Unpin";
        RLockAcquire as RLockAcquire: "Send Sync Unpin";
        RLockAcquireError as RLockAcquireError: "Send Sync Unpin";
        RLockGuard as RLockGuard: "Send Sync Unpin";
        RLockReleaseError as RLockReleaseError: "Send Sync Unpin";
        RLockTryAcquireError as RLockTryAcquireError: "Send Sync Unpin";
        Semaphore as Semaphore: "Send Sync Unpin";
        SemaphoreWait as SemaphoreWait: "Send Sync Unpin";
        Imap as Imap<Value>: "Send - Unpin";
        ImapUnordered as ImapUnordered<Value>: "Send - Unpin";
        Map as Map<Value>: "Send - Unpin";
        Pool as Pool: "Send Sync Unpin";
        PoolAdd as PoolAdd: "Send Sync Unpin";
        PoolAvailable as PoolAvailable: "Send Sync Unpin";
        PoolClosed as PoolClosed<Body>: "Send Sync -";
        PoolReserve as PoolReserve: "Send Sync Unpin";
        PoolSlot as PoolSlot: "Send Sync Unpin";
        PoolSpawn as PoolSpawn<Body>: "Send Sync Unpin";
        PoolSpawnFallible as PoolSpawnFallible<Body<Result<u8, String>>>: "Send Sync Unpin";
        TrySpawnError as TrySpawnError<Body>: "Send Sync -";
        Channel as Channel<Value>: "Send Sync Unpin";
        ChannelGet as ChannelGet<Value>: "Send Sync Unpin";
        ChannelPut as ChannelPut<Value>: "Send - Unpin";
        ChannelStream as ChannelStream<Value>: "Send Sync Unpin";
        GetError as GetError: "Send Sync Unpin";
        GetJob as GetJob<Value>: "Send Sync Unpin";
        Job as Job<Value>: "Send - Unpin";
        JobGuard as JobGuard<Value>: "Send Sync Unpin";
        PutError as PutError<Value>: "Send - Unpin";
        Queue as Queue<Value>: "Send Sync Unpin";
        QueueGet as QueueGet<Value>: "Send Sync Unpin";
        QueueJoin as QueueJoin<Value>: "Send Sync Unpin";
        QueuePeek as QueuePeek<Value>: "Send Sync Unpin";
        QueuePut as QueuePut<Value>: "Send - Unpin";
        QueueStream as QueueStream<Value>: "Send Sync Unpin";
        Reserve as Reserve<Value>: "Send Sync Unpin";
        Slot as Slot<Value>: "Send Sync Unpin";
        TaskDoneError as TaskDoneError: "Send Sync Unpin";
        TryGetError as TryGetError: "Send Sync Unpin";
        TryPutError as TryPutError<Value>: "Send - Unpin";
        TaskId as TaskId: "Send Sync Unpin";
        Registry as Registry: "Send Sync Unpin";
        TaskNode as TaskNode: "Send Sync Unpin";
        TaskState as TaskState: "Send Sync Unpin";
        TaskTree as TaskTree: "Send Sync Unpin";
        AnyTask as AnyTask: "Send Sync Unpin";
        Get as Get<Value>: "Send Sync Unpin";
        Join as Join: "Send Sync Unpin";
        Kill as Kill: "Send Sync Unpin";
        LinkId as LinkId: "Send Sync Unpin";
        Take as Take<Value>: "Send Sync Unpin";
        Task as Task<Value>: "Send Sync Unpin";
        TaskBuilder as TaskBuilder: "Send Sync Unpin";
        TaskError as TaskError: "Send Sync Unpin";
        YieldNow as YieldNow: "Send Sync Unpin";
        ThreadApply as ThreadApply<Call, Value>: "Send - Unpin";
        ThreadMap as ThreadMap<Value>: "Send - Unpin";
        ThreadPool as ThreadPool: "Send Sync Unpin";
        ThreadPoolJoin as ThreadPoolJoin: "Send Sync Unpin";
        ThreadPoolKill as ThreadPoolKill: "Send Sync Unpin";
        ThreadSpawn as ThreadSpawn<Call, Value>: "Send Sync Unpin";
        ThreadSpawnError as ThreadSpawnError<Call>: "Send Sync Unpin";
        ThreadTrySpawnError as ThreadTrySpawnError<Call>: "Send Sync Unpin";
        Elapsed as Elapsed: "Send Sync Unpin";
        Timed as Timed<Body>: "Send - -";
        Timeout as Timeout: "Send Sync Unpin";
        IWait as IWait: "Send - Unpin";
        JoinAll as JoinAll: "Send Sync Unpin";
        KillAll as KillAll: "Send Sync Unpin";
        TryJoinAll as TryJoinAll: "Send Sync Unpin";
        Wait as Wait: "Send - Unpin";
        Waitable as Waitable: "Send - Unpin";
        // greenroom-server
        Address as Address: "Send Sync Unpin";
        AddressError as AddressError: "Send Sync Unpin";
        Backoff as Backoff: "Send Sync Unpin";
        ClientStream as ClientStream: "Send Sync Unpin";
        Connect as Connect: "Send Sync Unpin";
        ConnectError as ConnectError: "Send Sync Unpin";
        Limits as Limits: "Send Sync Unpin";
        SockAddr as SockAddr: "Send Sync Unpin";
        ProxyEncodeError as ProxyEncodeError: "Send Sync Unpin";
        ProxyHeader as ProxyHeader: "Send Sync Unpin";
        ProxyHeaderError as ProxyHeaderError: "Send Sync Unpin";
        ProxyNetworkError as ProxyNetworkError: "Send Sync Unpin";
        ProxyParsed as ProxyParsed: "Send Sync Unpin";
        ProxyProtocol as ProxyProtocol: "Send Sync Unpin";
        ProxySsl as ProxySsl<'static>: "Send Sync Unpin";
        StopSignal as StopSignal: "Send Sync Unpin";
        Stopped as Stopped: "Send Sync Unpin";
        Stopper as Stopper: "Send Sync Unpin";
        AcceptError as AcceptError: "Send Sync Unpin";
        AcceptPolicy as AcceptPolicy: "Send Sync Unpin";
        BindError as BindError: "Send Sync Unpin";
        Connection as Connection: "Send Sync Unpin";
        Escaped as Escaped<'static>: "Send Sync Unpin";
        ConnectionId as ConnectionId: "Send Sync Unpin";
        Line as Line: "Send Sync Unpin";
        LineError as LineError: "Send Sync Unpin";
        Lines as Lines<'static>: "Send Sync Unpin";
        MapIo as MapIo<Value, Call>: "Send - Unpin";
        MemoryConnector as MemoryConnector: "Send Sync Unpin";
        MemoryListener as MemoryListener: "Send Sync Unpin";
        ReadHalf as ReadHalf: "Send Sync Unpin";
        ReadLines as ReadLines: "Send Sync Unpin";
        ServeError as ServeError: "Send Sync Unpin";
        ServerEnd as ServerEnd: "Send Sync Unpin";
        ServerHandle as ServerHandle: "Send Sync Unpin";
        SocketOptions as SocketOptions: "Send Sync Unpin";
        StartError as StartError: "Send Sync Unpin";
        Stats as Stats: "Send Sync Unpin";
        StopReport as StopReport: "Send Sync Unpin";
        Deadline as Deadline: "Send Sync Unpin";
        DeadlineError as DeadlineError: "Send Sync Unpin";
        Deadlines as Deadlines: "Send Sync Unpin";
        Chunk as Chunk: "Send Sync Unpin";
        Frames as Frames<'static, Value>: "Send - Unpin";
        ReadFrames as ReadFrames<Value>: "Send - Unpin";
        WriteFrames as WriteFrames<Value>: "Send - Unpin";
        StartTlsError as StartTlsError: "Send Sync Unpin";
        ErrorClass as ErrorClass: "Send Sync Unpin";
        OnFatal as OnFatal: "Send Sync Unpin";
        Fate as Fate: "Send Sync Unpin";
        Guest as Guest: "Send Sync Unpin";
        Phase as Phase: "Send Sync Unpin";
        Straggler as Straggler: "Send Sync Unpin";
        StreamServer as StreamServer: "Send - Unpin";
        TapIo as TapIo<Value, Call>: "Send - Unpin";
        With as With<Value, Call>: "Send - Unpin";
        DatagramHandle as DatagramHandle: "Send Sync Unpin";
        DatagramServeError as DatagramServeError: "Send Sync Unpin";
        DatagramServer as DatagramServer: "Send Sync Unpin";
        DatagramSocket as DatagramSocket: "Send Sync Unpin";
        DatagramStartError as DatagramStartError: "Send Sync Unpin";
        DatagramStats as DatagramStats: "Send Sync Unpin";
        Overflow as Overflow: "Send Sync Unpin";
        Packet as Packet: "Send Sync Unpin";
        Reply as Reply: "Send Sync Unpin";
        ReplyError as ReplyError: "Send Sync Unpin";
        ReplySend as ReplySend: "Send Sync Unpin";
        Session as Session: "Send Sync Unpin";
        SessionServer as SessionServer: "Send Sync Unpin";
        Sessions as Sessions: "Send Sync Unpin";
        WriteHalf as WriteHalf: "Send Sync Unpin";
        Terminate as Terminate: "Send Sync Unpin";
        Termination as Termination: "Send Sync Unpin";
        CertificateInfo as CertificateInfo: "Send Sync Unpin";
        ClientCertificates as ClientCertificates: "Send Sync Unpin";
        HandshakeError as HandshakeError: "Send Sync Unpin";
        HandshakeErrorKind as HandshakeErrorKind: "Send Sync Unpin";
        Tls as Tls: "Send Sync Unpin";
        TlsBuilder as TlsBuilder: "Send Sync Unpin";
        TlsClient as TlsClient: "Send Sync Unpin";
        TlsError as TlsError: "Send Sync Unpin";
        TlsErrorKind as TlsErrorKind: "Send Sync Unpin";
        ConnectTlsError as ConnectTlsError: "Send Sync Unpin";
        TlsClientStream as TlsClientStream: "Send Sync Unpin";
        TlsFacts as TlsFacts: "Send Sync Unpin";
        TlsVersions as TlsVersions: "Send Sync Unpin";
        TlsWatch as TlsWatch: "Send Sync Unpin";
        // greenroom-http
        AccessEntry as AccessEntry: "Send Sync Unpin";
        AccessLog as AccessLog: "Send Sync Unpin";
        AccessLogBody as AccessLogBody<Value>: "Send - Unpin";
        AccessLogFuture as AccessLogFuture<Body>: "Send Sync -";
        AccessLogService as AccessLogService<Value>: "Send - Unpin";
        Body as greenroom::Body: "Send - Unpin";
        BodyError as BodyError: "Send Sync Unpin";
        BodyWriter as BodyWriter: "Send Sync Unpin";
        ClientGone as ClientGone: "Send Sync Unpin";
        Http as Http: "Send Sync Unpin";
        HttpFunction as HttpFunction<fn(Request) -> Body<Response>>: "Send Sync Unpin";
        HttpFunctionFuture as HttpFunctionFuture<Body>: "Send Sync -";
        HttpHandler as HttpHandler<Value>: "Send Sync Unpin";
        HttpServer as HttpServer: "Send - Unpin";
        Incoming as Incoming: "Send Sync Unpin";
        Message as Message: "Send Sync Unpin";
        MessageText as MessageText: "Send Sync Unpin";
        QueueFeed as QueueFeed<Value>: "Send Sync Unpin";
        Request as Request: "Send Sync Unpin";
        RequestFacts as RequestFacts: "Send Sync Unpin";
        RequestId as RequestId: "Send Sync Unpin";
        Response as Response: "Send - Unpin";
        Sse as Sse<Value>: "Send - Unpin";
        SseEvent as SseEvent: "Send Sync Unpin";
        SseFieldError as SseFieldError: "Send Sync Unpin";
        ViaFunction as ViaFunction: "Send Sync Unpin";
        ViaTower as ViaTower: "Send Sync Unpin";
        WebSocket as WebSocket: "Send Sync Unpin";
        WebSocketError as WebSocketError: "Send Sync Unpin";
        WebSocketSendError as WebSocketSendError: "Send Sync Unpin";
        WebSocketSender as WebSocketSender: "Send Sync Unpin";
        WebSocketTrySendError as WebSocketTrySendError: "Send Sync Unpin";
        WebSocketUpgrade as WebSocketUpgrade: "Send Sync Unpin";
    }
}

fn unnamed() -> Vec<Row> {
    functions! {
        "bracket" as |(): ()| bracket(0_u8, async |_| (), |_| Body::<()>(PhantomPinned, PhantomData)) => "Send - -";
        "with_timeout_value" as |body: Body| with_timeout_value(None, body, Value::default()) => "Send - -";
        "connect_tls" as |(address, client): (Address, &'static TlsClient)| connect_tls(address, client) => "Send Sync -";
        "connect" as |address: Address| connect(address) => "Send Sync -";
        "Connect::connect" as |to: Connect| to.connect() => "Send Sync -";
        "MemoryConnector::connect" as |connector: &'static MemoryConnector| connector.connect() => "Send Sync -";
        "MemoryConnector::connect_from" as |connector: &'static MemoryConnector| connector.connect_from(SockAddr::Memory(1)) => "Send Sync -";
        "StreamServer::start" as |server: StreamServer| server.start(handle) => "Send - -";
        "StreamServer::serve_forever" as |server: StreamServer| server.serve_forever(handle) => "Send - -";
        "StreamServer::serve_until" as |server: StreamServer| server.serve_until(Body::<()>(PhantomPinned, PhantomData), handle) => "Send - -";
        "DatagramServer::start" as |server: DatagramServer| server.start(handle_packet) => "Send Sync -";
        "DatagramServer::serve_forever" as |server: DatagramServer| server.serve_forever(handle_packet) => "Send Sync -";
        "DatagramServer::serve_until" as |server: DatagramServer| server.serve_until(Body::<()>(PhantomPinned, PhantomData), handle_packet) => "Send Sync -";
        "SessionServer::start" as |server: SessionServer| server.start(handle_session) => "Send Sync -";
        "SessionServer::serve_forever" as |server: SessionServer| server.serve_forever(handle_session) => "Send Sync -";
        "SessionServer::serve_until" as |server: SessionServer| server.serve_until(Body::<()>(PhantomPinned, PhantomData), handle_session) => "Send Sync -";
        "DatagramHandle::stop_when" as |server: &'static DatagramHandle| server.stop_when(Body::<()>(PhantomPinned, PhantomData)) => "Send Sync -";
        "Session::recv" as |session: &'static mut Session| session.recv() => "Send Sync -";
        "ServerHandle::stop_when" as |server: &'static ServerHandle| server.stop_when(Body::<()>(PhantomPinned, PhantomData)) => "Send Sync -";
        "Connection::send_line" as |connection: &'static mut Connection| connection.send_line("") => "Send Sync Unpin";
        "WriteHalf::send_line" as |half: &'static mut WriteHalf| half.send_line("") => "Send Sync Unpin";
        "Tls::reload" as |tls: &'static Tls| tls.reload() => "Send Sync -";
        "Connection::start_tls" as |(connection, tls): (&'static mut Connection, &'static Tls)| connection.start_tls(tls) => "Send - -";
        "Connection::copy_to" as |(connection, other): (&'static mut Connection, &'static mut DuplexStream)| connection.copy_to(other) => "Send Sync -";
        "Frames::next" as |frames: &'static mut Frames<'static, BytesCodec>| frames.next() => "Send Sync -";
        "Frames::send" as |frames: &'static mut Frames<'static, BytesCodec>| frames.send(Bytes::new()) => "Send Sync -";
        "ReadFrames::next" as |frames: &'static mut ReadFrames<BytesCodec>| frames.next() => "Send Sync -";
        "WriteFrames::send" as |frames: &'static mut WriteFrames<BytesCodec>| frames.send(Bytes::new()) => "Send Sync -";
        "ReadHalf::recv" as |half: &'static mut ReadHalf| half.recv() => "Send Sync Unpin";
        "Connection::peek" as |connection: &'static mut Connection| connection.peek(1) => "Send Sync Unpin";
        "Connection::recv" as |connection: &'static mut Connection| connection.recv() => "Send Sync Unpin";
        "Lines::next" as |lines: &'static mut Lines<'static>| lines.next() => "Send Sync Unpin";
        "Lines::send" as |lines: &'static mut Lines<'static>| lines.send("") => "Send Sync Unpin";
        "ReadLines::next" as |lines: &'static mut ReadLines| lines.next() => "Send Sync Unpin";
        "BodyWriter::write" as |writer: &'static mut BodyWriter| writer.write("") => "Send Sync -";
        "BodyWriter::fail" as |writer: BodyWriter| writer.fail("") => "Send Sync -";
        "BodyWriter::client_gone" as |writer: &'static BodyWriter| writer.client_gone() => "Send Sync -";
        "Incoming::chunk" as |body: &'static mut Incoming| body.chunk() => "Send Sync -";
        "Incoming::bytes" as |body: Incoming| body.bytes() => "Send Sync -";
        "Incoming::text" as |body: Incoming| body.text() => "Send Sync -";
        "HttpServer::start" as |server: HttpServer| server.start(answer) => "Send - -";
        "HttpServer::serve" as |server: HttpServer| server.serve(answer) => "Send - -";
        "HttpServer::serve_until" as |(server, until): (HttpServer, Body)| server.serve_until(until, answer) => "Send - -";
        "WebSocket::next" as |socket: &'static mut WebSocket| socket.next() => "Send Sync -";
        "WebSocket::send" as |socket: &'static mut WebSocket| socket.send("") => "Send Sync -";
        "WebSocket::close" as |socket: &'static mut WebSocket| socket.close(1000, "") => "Send Sync -";
        "WebSocketSender::send" as |sender: &'static WebSocketSender| sender.send("") => "Send Sync -";
        "long_poll" as |(request, wait): (&'static Request, Body<()>)| long_poll(request, std::time::Duration::ZERO, wait) => "Send - -";
    }
}

async fn answer(_: Request) -> Response {
    Response::default()
}
async fn handle(_: Connection) {}
async fn handle_packet(_: Packet) {}
async fn handle_session(_: Session) {}

#[test]
fn every_public_type_and_future_keeps_its_promise() {
    let mut wrong = Vec::new();
    for Row { name, wanted, found } in named().into_iter().chain(unnamed()) {
        if wanted != found {
            wrong.push(format!("{name}: wanted {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_public_type_and_future_has_its_row() {
    let mut sources = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for krate in ["core", "server", "http"] {
        read(&root.join("crates").join(krate).join("src"), &mut sources);
    }
    let (mut types, mut functions) = (BTreeSet::new(), BTreeSet::new());
    for text in &sources {
        types.extend(exported(text));
        functions.extend(returning_futures(text));
    }
    let traits: BTreeSet<_> = sources.iter().flat_map(|text| traits(text)).collect();
    let rows = |rows: Vec<Row>| rows.into_iter().map(|row| row.name.to_owned()).collect::<BTreeSet<_>>();
    let wanted: BTreeSet<_> = types.difference(&traits).cloned().collect();
    assert_eq!(rows(named()), wanted, "left: the table; right: what the libraries export");
    assert_eq!(rows(unnamed()), functions, "left: the table; right: the functions");
}

fn read(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            sources.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// The types and traits that a `lib.rs` gives away. Nothing but a `lib.rs` has a `pub use` of another room's.
fn exported(text: &str) -> Vec<String> {
    if !text.lines().any(|line| line.starts_with("mod ")) || !text.starts_with("//!") {
        return Vec::new();
    }
    let rooms: BTreeSet<_> =
        text.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    let statements = text.split(';').filter_map(|statement| statement.trim().rsplit_once("pub use "));
    let mut names = Vec::new();
    for (_, path) in statements {
        let (room, inside) = path.split_once("::").unwrap_or((path, ""));
        if rooms.contains(room) {
            names.extend(words(inside).filter(|word| word.starts_with(char::is_uppercase)));
        }
    }
    names
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

fn traits(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| words(line.strip_prefix("pub trait ")?).next()).collect()
}

/// `function`, or `Type::method`, of each that is public and returns a future without a name.
fn returning_futures(text: &str) -> Vec<String> {
    let (mut owner, mut found) = (String::new(), Vec::new());
    let lines: Vec<_> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("impl") {
            owner = owner_of(line);
        }
        let inner = line.trim_start();
        let Some(name) = inner.strip_prefix("pub async fn ").or_else(|| inner.strip_prefix("pub fn ")) else {
            continue;
        };
        let head: Vec<_> =
            lines[at..].iter().take_while(|line| !line.trim_end().ends_with(['{', ';'])).collect();
        let last = lines.get(at + head.len()).copied().unwrap_or_default();
        let head = head.into_iter().copied().chain([last]).collect::<Vec<_>>().join(" ");
        let unnamed = head.contains("-> impl Future") || head.contains("-> impl Stream");
        if inner.starts_with("pub async") || unnamed {
            let name = words(name).next().unwrap();
            found.push(if inner == *line { name } else { format!("{owner}::{name}") });
        }
    }
    found
}

/// `Lines` of `impl<'a> Debug for Lines<'a> {`.
fn owner_of(line: &str) -> String {
    let mut depth = 0;
    let flat: String = line
        .trim_start_matches("impl")
        .replace("->", "")
        .chars()
        .filter(|letter| {
            depth += i32::from(*letter == '<');
            let keep = depth == 0;
            depth -= i32::from(*letter == '>');
            keep
        })
        .collect();
    let name = flat.rsplit_once(" for ").map_or(flat.as_str(), |(_, name)| name);
    words(name).next().unwrap_or_default()
}

#[test]
fn the_reader_finds_what_is_public() {
    let lib = "//! A crate.\nmod room;\npub use room::{\n    Door, open,\n    Window,\n};\n";
    assert_eq!(exported(lib), ["Door", "Window"]);
    assert!(exported("//! A room.\nmod door;\npub use crate::other::Roof;\n").is_empty());
    let room = "impl<T: Fn() -> u8> Door<T> {\n    pub async fn open(&self) {}\n    async fn shut(&self) {}\n}\n\
                pub fn knock<F>(\n    door: F,\n) -> impl Future<Output = ()>\nwhere\n    F: Send,\n{\n}\npub fn look() -> u8 {\n";
    assert_eq!(returning_futures(room), ["Door::open", "knock"]);
    assert_eq!(traits("pub trait Open: Send {\n"), ["Open"]);
}

#[test]
fn the_probe_tells_one_from_the_other() {
    assert_eq!(facts!(Probe::<u8>(PhantomData)), "Send Sync Unpin");
    assert_eq!(facts!(Probe::<Value>(PhantomData)), "Send - Unpin");
    assert_eq!(facts!(Probe::<Body>(PhantomData)), "Send Sync -");
    assert_eq!(facts!(Probe::<std::rc::Rc<u8>>(PhantomData)), "- - Unpin");
}
