#include "apps/reelbatch/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"

namespace reelbatch::app {

std::optional<std::string_view> Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

void Console::Configure(const CommonOptions& options) {
  json_ = options.json;
  quiet_ = options.quiet;
  verbosity_ = options.verbosity;
  const auto color = [&](int fd) {
    return UseColor({.mode = options.color,
                     .is_terminal = isatty(fd) != 0,
                     .no_color = Environment("NO_COLOR"),
                     .term = Environment("TERM")});
  };
  out_color_ = color(STDOUT_FILENO);
  err_color_ = color(STDERR_FILENO);
}

void Console::Out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && out_error_ == 0)
    out_error_ = errno;
}

void Console::Line(std::string_view text) { fmt::print(stderr, "{}\n", text); }

void Console::Error(std::string_view message) {
  Line(fmt::format("{} {}", Styled(command_ + ":", Style::kRed, err_color_), OneLine(message)));
}

void Console::Warn(std::string_view message) {
  if (!quiet_)
    Line(fmt::format("{} {}", Styled("warning:", Style::kYellow, err_color_), OneLine(message)));
}

void Console::Note(std::string_view message) {
  if (!quiet_) Line(OneLine(message));
}

void Console::Detail(std::string_view message) {
  if (verbose()) Line(Styled(OneLine(message), Style::kDim, err_color_));
}

int Console::Fail(const base::Error& error) {
  Error(error.Text());
  int code = kExitEnvironment;
  if (error.code == base::Code::kInvalidArgument) code = kExitUsage;
  if (error.code == base::Code::kCancelled) code = kExitInterrupted;
  if (json_) {
    base::Json document;
    document["exit_code"] = code;
    document["error"] = {{"code", base::CodeName(error.code)}, {"message", OneLine(error.Text())}};
    Out(document.dump(2) + "\n");
  }
  return code;
}

int Console::Finish(int code) {
  if (std::fflush(stdout) != 0 && out_error_ == 0) out_error_ = errno;
  if (out_error_ == 0 || out_error_ == EPIPE) return code;
  Error(fmt::format("stdout: cannot be written: {}", std::strerror(out_error_)));
  return kExitEnvironment;
}

}  // namespace reelbatch::app
