/* The operations on files; each true when it says that it is done. And whether what they left is whole. */
#ifndef TESTS_FAILURES_COMMANDS_H
#define TESTS_FAILURES_COMMANDS_H
#include "failures.h"

/* What the operations find in the base folder: a backup, the list of a ceremony. Once, with the house open. */
void commands_prepare(struct tried *s);

bool open_all(struct tried *s);
bool make_house(struct tried *s), house_is_whole(struct tried *s, bool done);
bool load_pack(struct tried *s);
bool make_backup(struct tried *s), backup_is_whole(struct tried *s, bool done);
bool bring_back(struct tried *s), restored_is_whole(struct tried *s, bool done);
bool export_log(struct tried *s), export_is_whole(struct tried *s, bool done);
bool hold_ceremony(struct tried *s), list_is_whole(struct tried *s, bool done);
bool bring_list(struct tried *s);

bool lie_of_a_file(struct tried *s), lied_file_is_whole(struct tried *s, bool done);
bool trust_memory(struct tried *s);
#endif
