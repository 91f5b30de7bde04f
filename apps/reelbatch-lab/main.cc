#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "apps/reelbatch-lab/lab_program.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/terminal.h"

int main(int argc, char** argv) {
  namespace app = reelbatch::app;
  try {
    return app::LabProgram(std::vector<std::string>(argv, argv + argc));
  } catch (const std::exception& error) {
    fmt::print(stderr, "reelbatch-lab: {}\n", app::OneLine(error.what()));
    return app::kExitEnvironment;
  }
}
