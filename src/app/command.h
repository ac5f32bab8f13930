/* The subcommands: one file each; main.c holds the table. Exit 0 done, 1 failed (one line on stderr), 2 wrong usage. */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H
#include "lib/base/base.h"

typedef int command(int argc, char **argv); /* argv[0] is the subcommand */
command command_serve, command_role, command_init, command_unlock, command_demo, command_pack, command_audit, command_routes, command_openapi,
    command_doctor, command_backup, command_restore, command_key, command_link, command_release, command_node;

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* --name VALUE or --name=VALUE, and --flag; what is left are positional arguments. */
struct option {
    const char *name;  /* "listen"; NULL ends the table */
    bool takes_value;
    const char *value; /* set when given; "" for a flag */
};
/* False (and a line on stderr) on an unknown option or a missing value. *rest counts what stays in argv, from argv[1]. */
bool options_read(int argc, char **argv, struct option *options, int *rest);
const char *option_value(const struct option *options, const char *name); /* NULL when not given */

/* A line on stderr: "plainsight: " and the text. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* How far a long job is, from 0 to 1, on stderr: a bar on a terminal, a line of JSON elsewhere. The context is not read. */
void progress_tell(void *context, const char *stage, double done);
void progress_end(void); /* takes the bar away */

/*
 * Paths inside the data folder. content and keys are files in it, or the URLs that stand in DIR/databases: two lines, "content URL" and
 * "keys URL", made by --db (docs/postgres.md).
 */
#define FOLDER_FIRST "first"
struct folder {
    const char *path;
    char content[4096], keys[4096], secret[4096], anchor[4096], control[4096], lock[4096], databases[4096], reserve[4096], engine[4096], node[4096];
    char node_name[33]; /* by which this folder serves its house: what stands in DIR/node, else FOLDER_FIRST */
};
bool folder_name(const char *path, struct folder *out); /* false, and a line on stderr: too long, or DIR/databases or DIR/node does not read */
bool folder_node_fits(str name); /* 1 to 32 of a-z, 0-9 and -, beginning with a letter */
bool folder_is_first(const struct folder *f);
/* For a house in the making: its databases are these URLs. keys NULL: the database of the same server with "_keys" after its name.
 * content NULL: files, as folder_name left them. False, and a line on stderr: no such URL. */
bool folder_use(struct folder *f, const char *content, const char *keys);
bool folder_keep(const struct folder *f); /* writes DIR/databases when they are URLs */
#endif
