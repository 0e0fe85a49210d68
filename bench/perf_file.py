"""perf_file: a perf.data file made as large as one likes, of the records of a real recording.

Source of the format: lib/profile/perf_header.h, perf_record.h. Files of this machine's byte order,
not compressed, with times.
"""
import array
import struct

SAMPLE, FINISHED_ROUND = 9, 68
FIELDS_BEFORE_TIME = ((1 << 16, 8), (1 << 0, 8), (1 << 1, 8))  # identifier, ip, tid
HAS_TIME = 1 << 2


class Recording:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:8] != b"PERFILE2":
            raise ValueError(f"{path}: not a perf.data file of this machine")
        attrs, self.start, self.size = (struct.unpack_from("<Q", self.data, at)[0]
                                        for at in (24, 40, 48))
        sample_type = struct.unpack_from("<Q", self.data, attrs + 24)[0]
        if not sample_type & HAS_TIME or self.start % 8:
            raise ValueError(f"{path}: no times, or records that are not aligned")
        self.time_at = 8 + sum(size for bit, size in FIELDS_BEFORE_TIME if sample_type & bit)

    def records(self):
        """(type, offset, bytes) of each."""
        at = self.start
        while at < self.start + self.size:
            kind, _, size = struct.unpack_from("<IHH", self.data, at)
            yield kind, at, size
            at += size

    def repeat(self, path, size):
        """Writes a file of about that many bytes: all records once, then the samples again and
        again, each time later. Returns how many samples it has."""
        block, times, others = bytearray(), [], bytearray()
        for kind, at, length in self.records():
            if kind in (SAMPLE, FINISHED_ROUND):
                if kind == SAMPLE:
                    times.append((len(block) + self.time_at) // 8)
                block += self.data[at:at + length]
            else:
                others += self.data[at:at + length]
        words = array.array("Q", bytes(block))
        first, last = min(words[at] for at in times), max(words[at] for at in times)
        # FINISHED_ROUND speaks of what was read before the round: two of them settle the block.
        words.extend(struct.unpack("<2Q", struct.pack("<IHH", FINISHED_ROUND, 0, 8) * 2))
        count = max(1, (size - self.start - len(others)) // (8 * len(words)))
        with open(path, "wb") as out:
            out.write(self.data[:self.start])
            out.write(others)
            for _ in range(count):
                out.write(words)
                for at in times:
                    words[at] += last - first + 1
            out.write(self.data[self.start + self.size:])
            self.patch(out, len(others) + 8 * len(words) * count)
        return count * len(times)

    def patch(self, out, length):
        """The new length of the records, and where the features are now."""
        moved = length - self.size
        out.seek(48)
        out.write(struct.pack("<Q", length))
        table = self.start + length
        features = sum(bin(word).count("1")
                       for word in struct.unpack_from("<4Q", self.data, 72))
        for i in range(features):
            off, size = struct.unpack_from("<QQ", self.data, self.start + self.size + 16 * i)
            out.seek(table + 16 * i)
            out.write(struct.pack("<QQ", off + moved, size))
