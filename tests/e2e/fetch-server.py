"""Serves a profile in all ways that fetch must cope with; for fetch.sh.

usage: fetch-server.py PROFILE FOLDER

Writes the ports into FOLDER/ports ("PLAIN OTHER TLS CLIENT-TLS"), listens on FOLDER/socket as well,
and notes each request as a line in FOLDER/requests: server, method, path, headers of interest.
FOLDER has the certificates server.pem (with its key) and ca.pem.
"""
import base64, gzip, http.server, json, os, socketserver, ssl, sys, threading, time, urllib.parse

PROFILE, FOLDER = open(sys.argv[1], "rb").read(), sys.argv[2]
SECRET_HEADERS = ("Authorization", "X-Key", "Cookie")
LOCK = threading.Lock()
busy_count = {}


def varint(data, at):
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Of a protobuf message: {number: value}."""
    at, found = 0, {}
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value].decode(), at + value
        found[key >> 3] = value
    return found


def small_profile(types, program):
    """A pprof with one sample of 7, not gzipped; of two types: name, unit, name, unit."""
    def message(number, *numbers):
        body = b"".join(bytes((at << 3, value)) for at, value in enumerate(numbers, 1))
        return bytes((number << 3 | 2, len(body))) + body

    texts = b"".join(bytes((6 << 3 | 2, len(text))) + text.encode() for text in ("", *types, program))
    return (message(1, 1, 2) + message(1, 3, 4) + message(11, 3, 4) + message(3, 1, 16, 32, 0, 5) +
            message(4, 1, 1, 17) + bytes((2 << 3 | 2, 6, 8, 1, 0x12, 2, 7, 7)) + texts)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def note(self):
        secrets = [f"{name}={self.headers[name]}" for name in SECRET_HEADERS if self.headers[name]]
        with LOCK, open(f"{FOLDER}/requests", "a") as file:
            print(self.server.name, self.command, self.path, *secrets, file=file)

    def reply(self, body, status=200, kind="application/octet-stream", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self, length=None):
        """A reply without a length, or with one that will not be true; the connection's end ends it."""
        self.close_connection = True
        self.send_response(200)
        if length:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def do_GET(self):
        self.note()
        url = urllib.parse.urlsplit(self.path)
        self.query = urllib.parse.parse_qs(url.query)
        name = url.path.strip("/").split("/")[0]
        try:
            getattr(self, "get_" + name, self.get_unknown)()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def get_unknown(self):
        self.reply(b"404 page not found\n", 404, "text/plain")

    def get_good(self):
        self.reply(PROFILE)

    get_debug = get_good

    def get_other(self):  # the port of another program
        self.reply(small_profile(("samples", "count", "cpu", "nanoseconds"), "/usr/sbin/nginx"))

    def get_heap(self):
        self.reply(small_profile(("inuse_objects", "count", "inuse_space", "bytes"), "/usr/bin/shop"))

    def get_slow(self):
        self.begin()
        for at in range(0, len(PROFILE), 500):
            self.wfile.write(PROFILE[at:at + 500])
            self.wfile.flush()
            time.sleep(0.05)

    def get_stall(self):
        self.begin(len(PROFILE))
        self.wfile.write(PROFILE[:100])
        self.wfile.flush()
        self.rfile.read(1)  # until the client goes away

    def get_silent(self):
        self.rfile.read(1)

    def get_cut(self):
        self.begin(len(PROFILE))
        self.wfile.write(PROFILE[:100])

    def get_short(self):
        self.begin()
        self.wfile.write(PROFILE[:len(PROFILE) // 2])

    def get_circle(self):
        self.reply(b"", 302, Location="/circle?token=token-in-location")

    def get_moved(self):
        self.reply(b"", 307, Location="/login")

    def get_elsewhere(self):
        self.reply(b"", 302, Location=f"http://127.0.0.1:{ports[1]}/good")

    def get_downgrade(self):
        self.reply(b"", 302, Location=f"http://127.0.0.1:{ports[0]}/good")

    def get_file(self):
        self.reply(b"", 302, Location="file:///etc/passwd")

    def get_html(self):
        page = b"<!DOCTYPE html><html><head><style>a{}</style><title>Sign in</title></head></html>"
        self.reply(page, 200, "text/html")

    def get_echo(self):
        said = f"you sent {self.headers['Authorization']} and {self.headers['X-Key']}"
        self.reply(said.encode(), 403, "text/plain")

    def get_empty(self):
        self.reply(b"")

    def get_bomb(self):
        self.reply(gzip.compress(bytes(64 << 20)))

    def get_endless(self):
        self.begin()
        while True:
            self.wfile.write(bytes(1 << 16))

    def get_huge(self):
        self.begin(10 << 30)
        self.get_endless()

    def get_refusal(self):  # an error page without an end
        self.close_connection = True
        self.send_response(500)
        self.end_headers()
        while True:
            self.wfile.write(b"no profile today. " * 1000)

    def get_busy(self):
        with LOCK:
            count = busy_count[self.path] = busy_count.get(self.path, 0) + 1
        if count == 1:
            self.reply(b"one at a time\n", 503, "text/plain", Retry_After="1")
        elif count == 2:
            self.reply(b"", 500)
        else:
            self.reply(PROFILE)

    def get_later(self):
        self.reply(b"one at a time\n", 503, "text/plain", Retry_After="1000")

    def get_login(self):
        expected = [f"Basic {base64.b64encode(text).decode()}"
                    for text in (b"al:netrc-secret", b"al:file-secret", b"al:url-secret")]
        if self.headers["Authorization"] in expected + ["Bearer bearer-secret"]:
            self.reply(PROFILE)
        else:
            self.reply(b"who are you?\n", 401, "text/plain")

    def get_api(self):  # Parca
        ask = {name: values[0] for name, values in self.query.items()}
        if ask.get("mode") != "MODE_MERGE" or ask.get("report_type") != "REPORT_TYPE_PPROF":
            body, status = {"code": 3, "message": "a flame graph, then", "details": []}, 400
        elif ask["merge.query"] != 'cpu:samples:count:cpu:nanoseconds:delta{comm="a b"}':
            body, status = {"code": 5, "message": "no profiles: " + ask["merge.query"]}, 404
        elif (ask["merge.start"], ask["merge.end"]) != ("2026-11-20T08:00:00Z",
                                                        "2026-11-20T09:00:00Z"):
            body, status = {"code": 3, "message": "bad window"}, 400
        else:
            body, status = {"pprof": base64.b64encode(PROFILE).decode(), "total": "1"}, 200
        self.reply(json.dumps(body).encode(), status, "application/json")

    def do_POST(self):
        self.note()
        ask = fields(self.rfile.read(int(self.headers["Content-Length"])))
        error = None
        if self.path != "/querier.v1.QuerierService/SelectMergeProfile":
            error = "no such method"
        elif self.headers["Content-Type"] != "application/proto":
            error = "a JSON reply, then"
        elif ask != {1: "process_cpu:cpu:nanoseconds:cpu:nanoseconds", 2: '{service_name="shop"}',
                     3: 1795161600000, 4: 1795165200000}:
            error = f"not found: {ask}"
        if error:
            self.reply(json.dumps({"code": "invalid_argument", "message": error}).encode(), 400,
                       "application/json")
        else:
            self.reply(gzip.decompress(PROFILE), 200, "application/proto")

    def log_message(self, *args):
        pass

    def address_string(self):
        return "-"


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class UnixServer(Server):
    address_family = socketserver.socket.AF_UNIX

    def server_bind(self):
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "localhost", 0

    def get_request(self):
        return self.socket.accept()[0], ("unix", 0)


def serve(name, tls=False, client=False):
    server = Server(("127.0.0.1", 0), Handler)
    server.name = name
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{FOLDER}/server.pem")
        if client:
            context.load_verify_locations(f"{FOLDER}/ca.pem")
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


ports = [serve("plain"), serve("other"), serve("tls", tls=True),
         serve("client", tls=True, client=True)]
local = UnixServer(f"{FOLDER}/socket", Handler)
local.name = "unix"
threading.Thread(target=local.serve_forever, daemon=True).start()
with open(f"{FOLDER}/ports.new", "w") as file:
    print(*ports, file=file)
os.rename(f"{FOLDER}/ports.new", f"{FOLDER}/ports")
threading.Event().wait()
