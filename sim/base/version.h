/* The version of the program: what --version, the report and its JSON say. */
#ifndef CUCMLAB_BASE_VERSION_H
#define CUCMLAB_BASE_VERSION_H

#define CUCMLAB_VERSION "0.1.0"

#endif
