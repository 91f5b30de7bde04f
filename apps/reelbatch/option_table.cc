#include "apps/reelbatch/option_table.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <utility>

#include "apps/reelbatch/input_endings.h"
#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

/// "  -q, --quiet", "      --csv[=FILE]", "      --out DIR"
std::string Spelling(const Option& option) {
  std::string text = option.letter != 0 ? fmt::format("  -{}, --", option.letter) : "      --";
  text += option.name;
  if (option.takes == Takes::kValue) text += " " + option.value_name;
  if (option.takes == Takes::kFile) text += "[=" + option.value_name + "]";
  return text;
}

/// `text` broken at blanks into lines of at most `width` columns.
std::vector<std::string> Wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

base::Error UnknownOption(const OptionTable& table, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  if (name.starts_with("--")) {
    if (std::string why = table.WhyLacking(name.substr(2)); !why.empty())
      return {base::Code::kInvalidArgument, std::move(why), name};
  }
  std::string hint = base::DidYouMean(name, table.Names(true, false));
  if (HasVideoExtension(word) && !word.starts_with("--")) {
    hint = fmt::format("; for a file of that name write ./{}", ShellQuote(word));
  }
  if (hint.empty()) hint = "; --help lists all options";
  return {base::Code::kInvalidArgument, fmt::format("unknown option {}{}", ShellQuote(name), hint)};
}

/// Whether the word is a known option: "--force", "--out=x", "-vq".
bool Spells(const OptionTable& table, std::string_view word) {
  if (word.starts_with("--")) {
    const std::string_view name = word.substr(2, word.find('=') - 2);
    return table.Find(name) != nullptr;
  }
  if (word.size() < 2 || word.front() != '-') return false;
  return std::ranges::all_of(word.substr(1), [&](char letter) {
    return std::ranges::find(table.options(), letter, &Option::letter) != table.options().end();
  });
}

/// A file whose name begins like an option.
base::Status CheckDashName(const OptionTable& table, const std::string& word) {
  std::error_code error;
  const bool dashed = word.size() > 1 && word.starts_with('-');
  if (!dashed || Spells(table, word) || !std::filesystem::exists(word, error)) return {};
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("{0} looks like an option; write ./{0} for the file of that name",
                                ShellQuote(word)));
}

/// CLI11 would take the next option for a value.
base::Status CheckValues(const OptionTable& table, const std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (auto checked = CheckDashName(table, word); !checked) return checked;
    if (word.starts_with("--") && word.find('=') == word.size() - 1) {
      return base::Fail(base::Code::kInvalidArgument, fmt::format("{} has no value", word));
    }
    const Option* option = word.starts_with("--") ? table.Find(word.substr(2)) : nullptr;
    if (option == nullptr || option->takes != Takes::kValue) continue;
    if (++i == words.size())
      return base::Fail(base::Code::kInvalidArgument, fmt::format("{} needs a value", word));
    if (Spells(table, words[i])) {
      return base::Fail(
          base::Code::kInvalidArgument,
          fmt::format("{0} needs a value, but {1} follows; if {1} is the value, write {0}={1}",
                      word, ShellQuote(words[i])));
    }
  }
  return {};
}

/// Tells CLI11 about one option; the values it was given, in their order, go to `values`.
void Declare(CLI::App& parser, const Option& option, std::vector<std::string>& values) {
  std::string names = "--" + option.name;
  if (option.letter != 0) names = fmt::format("-{},{}", option.letter, names);
  switch (option.takes) {
    case Takes::kNothing:
      parser.add_flag(names, values);
      break;
    // In braces: what the bare name means. A flag's value can only follow a '='.
    case Takes::kFile:
      parser.add_flag(names + "{-}", values);
      break;
    case Takes::kValue:
      parser
          .add_option(names,
                      [&values](const CLI::results_t& given) {
                        values = given;
                        return true;
                      })
          ->type_size(1)
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      break;
  }
}

}  // namespace

void OptionTable::Group(std::string title) {
  headings_.push_back({options_.size(), std::move(title)});
}

void OptionTable::Lacks(std::string name, std::string why) {
  lacking_.emplace(std::move(name), std::move(why));
}

std::string OptionTable::WhyLacking(std::string_view name) const {
  const auto found = lacking_.find(name);
  return found == lacking_.end() ? "" : found->second;
}

void OptionTable::Add(Option option) { options_.push_back(std::move(option)); }

const Option* OptionTable::Find(std::string_view name) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& option) { return option.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

std::vector<std::string> OptionTable::Names(bool dashes, bool config) const {
  std::vector<std::string> names;
  for (const Option& option : options_) {
    if (!config || option.in_config) names.push_back((dashes ? "--" : "") + option.name);
  }
  return names;
}

std::string OptionTable::Help() const {
  constexpr size_t kColumn = 31;  // where the explanations start
  constexpr size_t kWidth = 100;
  std::string text;
  for (size_t i = 0; i < options_.size(); ++i) {
    for (const Heading& heading : headings_) {
      if (heading.before == i) text += fmt::format("\n{}:\n", heading.title);
    }
    std::string left = Spelling(options_[i]);
    if (left.size() + 2 > kColumn) {
      text += left + "\n";
      left.clear();
    }
    for (const std::string& line : Wrap(options_[i].help, kWidth - kColumn)) {
      text += fmt::format("{:<{}}{}\n", left, kColumn, line);
      left.clear();
    }
  }
  return text;
}

base::Result<ParsedLine> ParseLine(const OptionTable& table, std::span<const std::string> words) {
  ParsedLine line;
  const auto dashes = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> before(words.begin(), dashes);
  if (auto checked = CheckValues(table, before); !checked)
    return std::unexpected(std::move(checked.error()));
  CLI::App parser;
  parser.set_help_flag();
  parser.allow_extras();
  std::vector<std::vector<std::string>> values(table.options().size());
  for (size_t i = 0; i < values.size(); ++i) Declare(parser, table.options()[i], values[i]);
  try {
    std::reverse(before.begin(), before.end());
    parser.parse(std::move(before));
  } catch (const CLI::Error& error) {
    return base::Fail(base::Code::kInvalidArgument, OneLine(error.what()));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const Option& option = table.options()[i];
    // A switch counts as often as it was given (-vv); of anything else the last one wins.
    const bool all = option.takes == Takes::kNothing || option.by_component;
    const size_t first = all || values[i].empty() ? 0 : values[i].size() - 1;
    for (size_t j = first; j < values[i].size(); ++j)
      line.options.push_back({&option, values[i][j]});
  }
  for (std::string& word : parser.remaining()) {
    if (word.size() > 1 && word.starts_with('-'))
      return std::unexpected(UnknownOption(table, word));
    line.arguments.push_back(std::move(word));
  }
  if (dashes != words.end()) line.arguments.insert(line.arguments.end(), dashes + 1, words.end());
  return line;
}

base::Status ApplyLine(const ParsedLine& line) {
  for (const GivenOption& given : line.options) {
    const std::string& needed = given.option->needs;
    const auto is_needed = [&](const GivenOption& other) { return other.option->name == needed; };
    if (!needed.empty() && std::ranges::none_of(line.options, is_needed)) {
      return base::Fail(base::Code::kInvalidArgument,
                        fmt::format("has no effect without --{}", needed),
                        "--" + given.option->name);
    }
    if (const auto stored = given.option->set(given.value); !stored) {
      return base::Fail(stored.error().code, stored.error().message, "--" + given.option->name);
    }
  }
  return {};
}

}  // namespace reelbatch::app
