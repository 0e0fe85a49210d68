# Debug information that leads in a circle: the abstract origin of a function is itself, and two
# inlined copies are each other's. DWARF 4, by hand, since no compiler makes it.
        .text
        .globl start
        .type start, @function
start:  ret
        .size start, . - start

        .section .debug_abbrev,"",@progbits
        .uleb128 1, 0x11        # DW_TAG_compile_unit, with children
        .byte 1
        .uleb128 0x11, 0x01     # DW_AT_low_pc, DW_FORM_addr
        .uleb128 0x12, 0x06     # DW_AT_high_pc, DW_FORM_data4
        .uleb128 0, 0
        .uleb128 2, 0x2e        # DW_TAG_subprogram, with children
        .byte 1
        .uleb128 0x11, 0x01
        .uleb128 0x12, 0x06
        .uleb128 0x31, 0x13     # DW_AT_abstract_origin, DW_FORM_ref4
        .uleb128 0, 0
        .uleb128 3, 0x1d        # DW_TAG_inlined_subroutine
        .byte 0
        .uleb128 0x11, 0x01
        .uleb128 0x12, 0x06
        .uleb128 0x31, 0x13
        .uleb128 0, 0
        .byte 0

        .section .debug_info,"",@progbits
unit:   .long end - version
version:
        .short 4
        .long .debug_abbrev
        .byte 8
        .uleb128 1
        .quad start
        .long 1
itself: .uleb128 2
        .quad start
        .long 1
        .long itself - unit
one:    .uleb128 3
        .quad start
        .long 1
        .long other - unit
other:  .uleb128 3
        .quad start
        .long 1
        .long one - unit
        .byte 0, 0
end:
