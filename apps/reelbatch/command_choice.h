#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reelbatch/command_line.h"

namespace reelbatch::app {

/// A command of a program: `reelbatch run`.
struct Command {
  std::string_view name;     // "run"
  std::string_view summary;  // a line of the program's help
  int (*run)(const Invocation&);
};

struct CommandGroup {
  std::string_view title;  // "Check quality"
  std::span<const Command> commands;
};

/// A program, and the texts of its --help other than its commands.
struct ProgramText {
  std::string_view name;      // "reelbatch"
  std::string version;        // the line that --version prints
  std::string_view summary;   // paragraphs, each ended by a newline
  std::string_view examples;  // lines, each ended by a newline
  std::string_view ending;    // behind the examples, ended by a newline
  std::span<const CommandGroup> groups;
};

/// The command that argv's second word names. The exit code instead, where the call has been
/// answered: help, the version, no command (help on stderr), an unknown one (names the nearest).
std::expected<const Command*, int> ChooseCommand(const ProgramText& program,
                                                 const std::vector<std::string>& argv);

/// What argv's other words say to the command that was chosen. `catalog` as Invocation has it.
Invocation InvocationOf(const ProgramText& program, const std::vector<std::string>& argv,
                        const engine::Catalog* catalog);

}  // namespace reelbatch::app
