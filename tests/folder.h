/* Folders that tests make. */
#ifndef FOLDER_H
#define FOLDER_H

void folder_clear(const char *folder); /* everything in it, folders too; itself it stays */
const char *path_in(const char *folder, const char *name); /* good until the 64th call behind it */
#endif
