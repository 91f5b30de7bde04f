#pragma once

#include <regex.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace reelbatch::app {

/// An extended regular expression (POSIX) that some part of a name matches. Not std::regex, whose
/// code GCC 12 takes for faulty in sanitised builds.
class NamePattern {
 public:
  /// Errors: invalid_argument (not a regular expression; the message has the reason).
  static base::Result<NamePattern> Compile(const std::string& text);

  bool Matches(const std::string& name) const;

 private:
  struct Free {
    void operator()(regex_t* compiled) const;
  };
  std::unique_ptr<regex_t, Free> compiled_;
};

}  // namespace reelbatch::app
