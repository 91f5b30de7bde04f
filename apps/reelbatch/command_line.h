#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reelbatch/common_options.h"
#include "apps/reelbatch/console.h"
#include "apps/reelbatch/option_table.h"

namespace reelbatch::engine {
class Catalog;
}

namespace reelbatch::app {

/// One call of a program: `reelbatch COMMAND WORDS...`.
struct Invocation {
  std::string_view program = "reelbatch";    // what help and errors call it
  const engine::Catalog* catalog = nullptr;  // of components; null in reelbatch-lab alone
  std::vector<std::string> words;            // behind the command's name
  std::string line;                          // the whole call as a shell takes it back
};

/// The texts of a command's --help other than its options.
struct CommandText {
  std::string_view name;      // "run"
  std::string_view synopsis;  // "INPUT... --out DIR"
  std::string_view summary;   // paragraphs, each ended by a newline
  std::string_view examples;  // lines, each ended by a newline
};

/// The rest of a command line after its options are stored.
struct CommandLine {
  std::vector<std::string>
      arguments;  // of the command line, else `inputs` of the configuration file
  std::optional<int>
      exit_code;  // the command is over: help was wanted, or the error has been printed
};

/// Reads the configuration file (where the table has `config` and one is given), then the words,
/// which win.
CommandLine ReadCommandLine(const CommandText& text, const OptionTable& table,
                            const CommonOptions& common, const Invocation& call, Console& console);

}  // namespace reelbatch::app
