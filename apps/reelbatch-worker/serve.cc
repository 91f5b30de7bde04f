#include "apps/reelbatch-worker/serve.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <thread>
#include <utility>

#include "inference/model.h"
#include "inference/model_folder.h"
#include "inference/openvino/openvino_model.h"
#include "inference/worker/worker_documents.h"
#include "inference/worker/worker_link.h"

namespace reelbatch::worker {
namespace {

using contracts::BatchFailure;
using contracts::FailureClass;
using inference::Model;
using inference::WorkerLink;
using inference::WorkerMessage;

constexpr std::chrono::milliseconds kForever{0};

base::Result<std::unique_ptr<Model>> Open(const WorkerMessage& message) {
  const auto order = inference::ReadOrder(message.text);
  if (!order) return std::unexpected(order.error());
  const auto folder = inference::ReadModelFolder(order->folder);
  if (!folder) return std::unexpected(folder.error());
  return inference::OpenOpenVino(*folder, order->options);
}

WorkerMessage Failed(BatchFailure failure) {
  return {.kind = WorkerMessage::Kind::kFailed, .failure = std::move(failure)};
}

WorkerMessage Run(Model& model, const WorkerMessage& request) {
  try {
    auto outputs = model.Infer(request.tensors);
    if (!outputs) return Failed(std::move(outputs.error()));
    return {.kind = WorkerMessage::Kind::kOutputs, .tensors = std::move(*outputs)};
  } catch (const std::bad_alloc&) {
    return Failed({.failure = FailureClass::kHostMemory, .evidence = "std::bad_alloc"});
  } catch (const std::exception& error) {
    return Failed(
        {.failure = contracts::ClassifyMemoryText(error.what(), 0).value_or(FailureClass::kOther),
         .evidence = error.what()});
  }
}

/// False: the other side has ended, or cannot be told anything.
bool Answer(WorkerLink& link, const WorkerMessage& answer) {
  const base::Status sent = link.Send(answer);
  if (sent || sent.error().code != base::Code::kOutOfMemory) return sent.has_value();
  return link.Send(Failed({.failure = FailureClass::kHostMemory, .evidence = sent.error().message}))
      .has_value();
}

/// Batches of one connection. It returns when the connection is of no more use.
void RunBatches(Model& model, WorkerLink& link) {
  while (true) {
    const auto request = link.Receive(kForever);
    if (request) {
      if (!Answer(link, Run(model, *request))) return;
    } else if (request.error().code == base::Code::kOutOfMemory) {
      if (!Answer(link, Failed({.failure = FailureClass::kHostMemory,
                                .evidence = request.error().message})))
        return;
    } else {
      return;
    }
  }
}

}  // namespace

void Serve(std::vector<base::Fd> sockets) {
  std::vector<std::unique_ptr<WorkerLink>> links;
  for (base::Fd& socket : sockets) links.push_back(std::make_unique<WorkerLink>(std::move(socket)));
  const auto order = links.front()->Receive(kForever);
  if (!order) return;
  const auto model = Open(*order);
  if (!model) {
    Answer(*links.front(),
           {.kind = WorkerMessage::Kind::kRefused, .text = inference::ErrorJson(model.error())});
    return;
  }
  for (size_t lane = 1; lane < links.size(); ++lane) {
    // If it can no longer answer, the process ends, because the other side waits for it.
    std::thread([&model, &link = *links[lane]] {
      RunBatches(**model, link);
      _exit(EXIT_FAILURE);
    }).detach();
  }
  const std::string used = inference::UsedJson((*model)->description().used);
  if (Answer(*links.front(), {.kind = WorkerMessage::Kind::kOpened, .text = used}))
    RunBatches(**model, *links.front());
  _exit(EXIT_SUCCESS);
}

}  // namespace reelbatch::worker
