/* The control socket of a served folder: `plainsight unlock` speaks, the supervisor passes on to the keeper. */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

/* Takes one caller from the listening socket, relays one message to the keeper and its answer back. */
void control_serve(int listening_fd, int keeper_fd);
#endif
