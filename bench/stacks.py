"""stacks: a pprof of as many different stacks as you like, and the program that they are of."""
import os
import random
import subprocess

FUNCTIONS, DEPTH = 2000, 12


def varint(number):
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def field(number, value):
    """A field of protobuf's wire format: a number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def build_program(scratch):
    """Many small functions; where the code of each lies."""
    source = "".join(f"__attribute__((noinline)) int f{i}(int x)\n{{\n    return x * {i} + x % 7;\n}}\n"
                     for i in range(FUNCTIONS))
    calls = " + ".join(f"f{i}(c)" for i in range(FUNCTIONS))
    with open(os.path.join(scratch, "program.c"), "w", encoding="ascii") as file:
        file.write(source + f"int main(int c, char **v)\n{{\n    return v && {calls};\n}}\n")
    subprocess.run(["clang-22", "-O1", "-g", "-Wl,--build-id=0x0123456789abcdef", "-no-pie",
                    "-o", "program", "program.c"], cwd=scratch, check=True)
    names = subprocess.run(["nm", "program"], cwd=scratch, check=True, capture_output=True,
                           text=True).stdout
    return sorted(int(line.split()[0], 16) for line in names.splitlines()
                  if line.split()[-1][:1] == "f" and line.split()[-1][1:].isdigit())


def write(path, starts, count, seed=1):
    """A pprof (profile.proto) with `count` different stacks of DEPTH frames."""
    rng = random.Random(seed)
    texts = ["", "samples", "count", "program", "0123456789abcdef"]
    base = min(starts) & ~0xfff
    with open(path, "wb") as file:
        file.write(field(1, field(1, 1) + field(2, 2)))
        file.write(field(3, field(1, 1) + field(2, base) + field(3, max(starts) + 4096) +
                         field(4, base - 0x400000) + field(5, 3) + field(6, 4)))
        for number, vaddr in enumerate(starts, 1):
            file.write(field(4, field(1, number) + field(2, 1) + field(3, vaddr)))
        encoded = [varint(number) for number in range(len(starts) + 1)]
        for number in range(count):
            # the first two frames are the number of the stack in base FUNCTIONS: no two alike
            frames = [number % FUNCTIONS + 1, number // FUNCTIONS % FUNCTIONS + 1]
            frames += [rng.randrange(FUNCTIONS) + 1 for _ in range(DEPTH - 2)]
            stack = b"".join(encoded[frame] for frame in frames)
            file.write(field(2, field(1, stack) + field(2, b"\x01")))
        for text in texts:
            file.write(field(6, text.encode()))
