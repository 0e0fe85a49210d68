/* Two of this file have a static function of one name each: -DENTRY=..., -DSTEP=... */
unsigned ENTRY(unsigned n);

__attribute__((noinline)) static unsigned twin(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        n = n / 2 + i * STEP;
    return n;
}

unsigned ENTRY(unsigned n)
{
    return twin(n) + 1;
}
