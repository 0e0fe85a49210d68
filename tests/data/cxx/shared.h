/* What both units of tests/e2e/dwarf.sh use: a template, inline functions (COMDAT), a class. */
#ifndef TESTS_DATA_CXX_SHARED_H
#define TESTS_DATA_CXX_SHARED_H

#include <cstdio>
#include <stdexcept>
#include <vector>

template <typename T> struct Window {
    std::vector<T> values;
    void add(T value);
    T sum() const
    {
        T total = T();
        for (const T &value : values)
            total += value * value;
        return total;
    }
};

template <typename T> __attribute__((noinline)) void Window<T>::add(T value)
{
    if (values.size() > 100)
        values.erase(values.begin());
    values.push_back(value);
}

/* In both units, out of line: one copy stays. */
__attribute__((noinline)) inline int mixed(int x)
{
    return x % 3 ? x * 5 + 1 : x / 7;
}

template <typename F> int repeat(int count, F body)
{
    int total = 0;
    for (int i = 0; i < count; i++)
        total += body(i);
    return total;
}

int other_unit(int x);
int same_code_one(int x);
int same_code_two(int x);

#endif
