#include "apps/reelbatch/eval/name_pattern.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {

base::Result<NamePattern> NamePattern::Compile(const std::string& text) {
  auto compiled = std::make_unique<regex_t>();
  const int failed = regcomp(compiled.get(), text.c_str(), REG_EXTENDED | REG_NOSUB);
  if (failed != 0) {
    std::array<char, 128> why{};
    regerror(failed, compiled.get(), why.data(), why.size());
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("'{}' is not a regular expression: {}", OneLine(text), why.data()));
  }
  NamePattern pattern;
  pattern.compiled_.reset(compiled.release());
  return pattern;
}

bool NamePattern::Matches(const std::string& name) const {
  return regexec(compiled_.get(), name.c_str(), 0, nullptr, 0) == 0;
}

void NamePattern::Free::operator()(regex_t* compiled) const {
  regfree(compiled);
  delete compiled;
}

}  // namespace reelbatch::app
