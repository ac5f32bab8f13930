/*
 * datagen: data files to C, each under the name of its file, for what works without a house and its packs.
 *     datagen OUT.c FILE...     a/nicknames.txt becomes `const char data_nicknames[]`, ended by NUL, and `data_nicknames_size`
 */
#include "tool.h"

static void add_file(struct text *c, const char *path)
{
    const char *name = base_name(path), *dot = strrchr(name, '.');
    struct text content = read_file(path);
    if (!dot || dot == name)
        stop_at(path, 0, "a name without a suffix");
    for (const char *p = name; p < dot; p++)
        if (!islower((unsigned char)*p) && *p != '_')
            stop_at(path, 0, "a data file's name has a-z and _ only");
    if (!content.len || bad_utf8(content.at, content.len))
        stop_at(path, 0, "empty, or not UTF-8");
    add(c, "const ptrdiff_t data_%.*s_size = %zu;\nconst char data_%.*s[] = {", (int)(dot - name), name, content.len, (int)(dot - name), name);
    for (size_t i = 0; i <= content.len; i++)
        add(c, "%s%d,", i % 32 ? "" : "\n    ", (signed char)content.at[i]);
    add(c, "\n};\n");
}

int main(int argc, char **argv)
{
    struct text c = { 0 };
    if (argc < 3)
        stop_at("datagen", 0, "usage: datagen OUT.c FILE...");
    add(&c, "#include \"linkage/data.h\"\n");
    for (int i = 2; i < argc; i++)
        add_file(&c, argv[i]);
    write_file(argv[1], &c);
    return 0;
}
