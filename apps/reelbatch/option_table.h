#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace reelbatch::app {

/// What follows an option's name.
enum class Takes : uint8_t {
  kNothing,  // a switch
  kValue,    // --name VALUE or --name=VALUE
  kFile,     // --name, or --name=VALUE: never the next word
};

/// One option of a command; also a key of its configuration file.
struct Option {
  std::string name;  // without dashes
  char letter = 0;   // 'q' for -q; 0: none
  Takes takes = Takes::kValue;
  std::string value_name;  // what help calls the value
  std::string help;
  bool in_config = true;
  bool is_list = false;  // in a configuration file also written as a sequence
  /// Takes NAME=VALUE besides, for single components: every value that is given counts. In a
  /// configuration file also a map of names to values.
  bool by_component = false;
  std::string needs = {};  // the option without which this one would change nothing; empty: none
  /// Checks and stores a value; a switch gets "true" or "false", a kFile without a value "-".
  /// Errors: invalid_argument, the reason alone: the caller adds where the value stood.
  std::function<base::Status(const std::string&)> set = nullptr;
};

/// The options of one command, in the order of its help.
class OptionTable {
 public:
  /// Starts a group with its own heading in the help.
  void Group(std::string title);
  void Add(Option option);

  /// Sets the message for an option of that name, which the command does not have, but people may
  /// expect.
  void Lacks(std::string name, std::string why);
  /// The message of Lacks() for this name; empty: there is none.
  std::string WhyLacking(std::string_view name) const;

  const Option* Find(std::string_view name) const;
  /// Every name; with two dashes in front where `dashes`. Only keys of configuration files where
  /// `config`.
  std::vector<std::string> Names(bool dashes, bool config) const;
  const std::vector<Option>& options() const { return options_; }
  std::string Help() const;

 private:
  struct Heading {
    size_t before = 0;  // index of the first option below it
    std::string title;
  };
  std::vector<Option> options_;
  std::vector<Heading> headings_;
  std::map<std::string, std::string, std::less<>> lacking_;
};

struct GivenOption {
  const Option* option = nullptr;
  std::string value;
};

struct ParsedLine {
  /// A switch, and what is set by component, as often as it was given, else the last value.
  std::vector<GivenOption> options;
  std::vector<std::string> arguments;  // everything else; all that follows `--`
};

/// Takes a command's words apart; checks no value.
/// Errors: invalid_argument (unknown option: with the nearest name; a value is missing or not
/// wanted).
base::Result<ParsedLine> ParseLine(const OptionTable& table, std::span<const std::string> words);

/// Stores every given value. Errors: invalid_argument, "--name: reason": a value is wrong, or the
/// option that it needs is missing on the command line.
base::Status ApplyLine(const ParsedLine& line);

}  // namespace reelbatch::app
