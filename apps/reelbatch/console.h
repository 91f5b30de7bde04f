#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/reelbatch/common_options.h"
#include "base/result.h"

namespace reelbatch::app {

/// Where a command's words go: the answer to stdout, everything about the work to stderr. Every
/// message is put on one line, so that no name can play tricks with the terminal. Threads: one
/// caller at a time.
class Console {
 public:
  /// `command` is "reelbatch run", in front of errors.
  explicit Console(std::string command) : command_(std::move(command)) {}
  /// Before it everything is plain and nothing is quiet.
  void Configure(const CommonOptions& options);

  /// The answer itself, as it is.
  void Out(std::string_view text);
  void Error(std::string_view message);
  void Warn(std::string_view message);
  void Note(std::string_view message);    // not with --quiet
  void Detail(std::string_view message);  // only with -v

  bool json() const { return json_; }
  bool quiet() const { return quiet_; }
  bool verbose() const { return !quiet_ && verbosity_ > 0; }
  bool out_color() const { return out_color_; }
  bool err_color() const { return err_color_; }

  /// Prints an error and gives the exit code that its code means: invalid_argument 2, cancelled
  /// 130, else 3. With --json stdout gets a document that says the same.
  int Fail(const base::Error& error);

  /// Flushes. A reader of stdout that left early changes nothing; any other failure to write turns
  /// `code` into 3.
  int Finish(int code);

 private:
  void Line(std::string_view text);

  std::string command_;
  bool json_ = false;
  bool quiet_ = false;
  int verbosity_ = 0;
  bool out_color_ = false;
  bool err_color_ = false;
  int out_error_ = 0;  // errno of the first failed write to stdout
};

/// The value of an environment variable, or none if it is not set.
std::optional<std::string_view> Environment(const char* name);

}  // namespace reelbatch::app
