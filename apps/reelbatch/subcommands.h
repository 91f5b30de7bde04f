#pragma once

#include <span>
#include <string_view>

#include "apps/reelbatch/command_line.h"

namespace reelbatch::app {

/// One command below another: `reelbatch costs diff`.
struct Subcommand {
  std::string_view name;     // "diff"
  std::string_view summary;  // a line of the parent's help
  int (*run)(const Invocation&);
};

/// A subcommand of another program, where people may look for it here.
struct SubcommandElsewhere {
  std::string_view name;  // "import"
  std::string_view call;  // "reelbatch-lab costs import"
};

/// A command with subcommands, and the texts of its --help.
struct SubcommandText {
  std::string_view parent;  // "costs"
  std::string_view summary;
  std::string_view examples;  // as CommandText has them
  std::span<const Subcommand> subcommands;
  std::span<const SubcommandElsewhere> elsewhere = {};
};

/// Runs the subcommand that the first word names; help and wrong names are answered here.
int RunSubcommand(const SubcommandText& text, const Invocation& call);

}  // namespace reelbatch::app
