// A line to the server that delays and slows down what goes over it, both ways.
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

export interface Line {
  // Milliseconds that each piece is late, one way.
  readonly delay: number;
  readonly bytesPerSecond: number;
}

// Where the server is reached over the line, and what takes the line down.
export async function slowLine(url: string, line: Line): Promise<{ url: string; close(): void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.pipe(slowed(line)).pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

// Pieces go on in their order, each not before it would have come over such a line.
function slowed({ delay, bytesPerSecond }: Line): Transform {
  let free = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      const now = Date.now();
      free = Math.max(free, now) + (piece.length / bytesPerSecond) * 1000;
      setTimeout(() => this.push(piece), free + delay - now);
      setTimeout(done, free - now); // the next may be on its way while this one is late
    },
    flush(done) {
      setTimeout(done, Math.max(0, free - Date.now()) + delay + 10);
    },
  });
}
