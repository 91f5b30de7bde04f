#include "inference/worker/worker_process.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::FailureClass;
using contracts::Tensor;

/// The last line that a process wrote, without what is not printable; empty: none.
std::string LastLine(const base::Fd& file) {
  constexpr off_t kMost = 1000;
  struct stat about{};
  if (fstat(file.get(), &about) != 0) return {};
  std::string text(static_cast<size_t>(std::min(about.st_size, kMost)), '\0');
  const ssize_t got =
      pread(file.get(), text.data(), text.size(), about.st_size - static_cast<off_t>(text.size()));
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (const size_t line = text.rfind('\n'); line != std::string::npos) text.erase(0, line + 1);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
  return text;
}

std::unexpected<BatchFailure> OutOfMemory(std::string evidence) {
  return std::unexpected(
      BatchFailure{.failure = FailureClass::kHostMemory, .evidence = std::move(evidence)});
}

}  // namespace

base::Result<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(const WorkerOptions& options,
                                                                  const ModelOrder& order) {
  base::Fd errors(memfd_create("reelbatch-worker-errors", MFD_CLOEXEC));
  if (errors.get() < 0)
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("cannot be started: {}", std::strerror(errno)),
                      options.program.string());
  std::vector<base::Fd> ours;
  std::vector<base::Fd> theirs;
  std::vector<int> given;
  for (int lane = 0; lane < order.options.lanes; ++lane) {
    auto ends = WorkerLink::Connect();
    if (!ends) return std::unexpected(ends.error());
    ours.push_back(std::move(ends->first));
    theirs.push_back(std::move(ends->second));
    given.push_back(theirs.back().get());
  }
  auto process = base::ChildProcess::Start(
      {options.program.string(), std::string(kWorkerProtocol), std::to_string(order.options.lanes)},
      given, errors.get());
  if (!process) return std::unexpected(process.error());
  theirs.clear();
  std::unique_ptr<WorkerProcess> worker(
      new WorkerProcess(options, std::move(*process), std::move(errors), std::move(ours)));
  auto used = worker->Open(order);
  if (!used) return std::unexpected(used.error());
  worker->used_ = std::move(*used);
  return worker;
}

WorkerProcess::WorkerProcess(WorkerOptions options, std::unique_ptr<base::ChildProcess> process,
                             base::Fd errors, std::vector<base::Fd> sockets)
    : options_(std::move(options)), errors_(std::move(errors)), process_(std::move(process)) {
  for (base::Fd& socket : sockets) {
    links_.push_back(std::make_unique<WorkerLink>(std::move(socket)));
    free_.push_back(links_.back().get());
  }
}

base::Result<contracts::ModelUsed> WorkerProcess::Open(const ModelOrder& order) {
  WorkerLink& link = *links_.front();
  base::Result<WorkerMessage> answer;
  if (auto sent = link.Send({.kind = WorkerMessage::Kind::kOpen, .text = OrderJson(order)}); !sent)
    answer = std::unexpected(sent.error());
  else
    answer = link.Receive(options_.timeout);
  if (!answer) {
    const std::string how = End(answer.error());
    if (answer.error().code == base::Code::kDeadline)
      return base::Fail(base::Code::kDeadline, how + ", while it loaded the model",
                        order.folder.string());
    base::MutexLock lock(mutex_);
    if (process_->killed_by_signal())
      return base::Fail(base::Code::kOutOfMemory,
                        how + ", while it loaded the model: memory has probably run out",
                        order.folder.string());
    return base::Fail(base::Code::kUnavailable, how, options_.program.string());
  }
  if (answer->kind == WorkerMessage::Kind::kOpened) return ReadUsed(answer->text);
  auto refused = ReadError(answer->text);
  return std::unexpected(refused ? *std::move(refused) : refused.error());
}

std::expected<std::vector<Tensor>, BatchFailure> WorkerProcess::Infer(
    std::span<const Tensor> inputs) {
  WorkerLink* const link = TakeLink();
  try {
    base::Result<WorkerMessage> answer;
    if (auto sent = link->Send({.kind = WorkerMessage::Kind::kInfer}, inputs); !sent)
      answer = std::unexpected(sent.error());
    else
      answer = link->Receive(options_.timeout);
    // Whatever went wrong, what the process may still send answers another question.
    if (!answer) {
      auto failure = OutOfMemory(End(answer.error()));
      ReturnLink(link);
      return failure;
    }
    ReturnLink(link);
    if (answer->kind == WorkerMessage::Kind::kOutputs) return std::move(answer->tensors);
    return std::unexpected(std::move(answer->failure));
  } catch (const std::bad_alloc&) {
    // What this needs itself is nothing.
    {
      base::MutexLock lock(mutex_);
      process_->Kill();
    }
    ReturnLink(link);
    throw;
  }
}

std::string WorkerProcess::End(const base::Error& error) {
  base::MutexLock lock(mutex_);
  constexpr const char* kWho = "the process that ran the model";
  if (error.code != base::Code::kUnavailable) {
    process_->Kill();
    process_->WaitForEnd();
    return fmt::format(
        "{} was killed, because of {}", kWho,
        error.code == base::Code::kDeadline ? error.message + " (--stall-timeout)" : error.message);
  }
  // Its end of the connection is closed: it has ended, or does so now.
  const std::string how = process_->WaitForEnd();
  const std::string last = LastLine(errors_);
  return fmt::format("{} {}{}", kWho, how, last.empty() ? "" : ": " + last);
}

WorkerLink* WorkerProcess::TakeLink() {
  base::MutexLock lock(mutex_);
  while (free_.empty()) returned_.wait(mutex_);
  WorkerLink* const link = free_.back();
  free_.pop_back();
  return link;
}

void WorkerProcess::ReturnLink(WorkerLink* link) {
  base::MutexLock lock(mutex_);
  free_.push_back(link);
  returned_.notify_one();
}

}  // namespace reelbatch::inference
