/* `cucmlab control`: acts and questions for one that serves. */
#include "sim/cmd/cmd.h"
#include "sim/control/client.h"
#include "sim/control/request.h"

void cmd_control_help(FILE *out)
{
    fputs("\nCommands:\n", out);
    for (int k = 0; k < CONTROL_KINDS; k++) {
        struct control_command c = control_command((enum control_kind)k);
        options_line(out, c.word, c.value, c.help);
    }
    fputs("\nA COMMAND may be a request in JSON (docs/CONTROL.md); without one they are read\n"
          "from standard input, a line each.\n"
          "Exit status: 0 done or answered; 1 refused; 2 nobody serves there, or usage.\n",
          out);
}

int cmd_control(const struct args *a)
{
    struct err e = { "" };
    struct sys_text request;
    bool refused = false;
    if (a->file_count == 0) {
        err_set(&e, "control: the path of a control socket is needed "
                    "(`cucmlab serve --control PATH`)");
        return cmd_fail(&e);
    }
    if (a->file_count == 1)
        return !client_talk(a->files[0], stdin, stdout, &refused, &e) ? cmd_fail(&e)
               : refused                                              ? EXIT_EXPECT
                                                                      : EXIT_GOOD;
    bool ok = client_request(a->files + 1, a->file_count - 1, &request, &e) &&
              client_ask(a->files[0], &request, stdout, &refused, &e);
    sys_text_free(&request);
    if (ok)
        return EXIT_GOOD;
    cmd_fail(&e);
    return refused ? EXIT_EXPECT : EXIT_INPUT;
}
